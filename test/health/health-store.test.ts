import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { inTransaction, type Db } from '../../src/db/db.js';
import type { Health } from '../../src/environment/environment.js';
import { getEnvironment } from '../../src/environment/environment-store.js';
import { listEvents } from '../../src/event/event-store.js';
import {
  claimHealthCheck,
  finishHealthCheck,
  keepRunHealth,
  listHealthChecks,
  requestHealthCheck,
  scheduleHealthChecks,
  type HealthCheck,
  type Outcome,
} from '../../src/health/health-store.js';
import { createTestDatabase } from '../support/database.js';
import { insertRun, type TestRun } from '../support/rows.js';

let db: Db;
let drop: () => Promise<void>;
let made: TestRun;
beforeAll(async () => {
  ({ db, drop } = await createTestDatabase());
});
afterAll(() => drop());
/** One ready environment, its run over; those before it are out of the way. */
beforeEach(async () => {
  await db.query('delete from health_checks');
  await db.query(`update environments set status = 'failed'`);
  made = await insertRun(db);
  await db.query('update runs set finished_at = now()');
  await setStatus('ready');
});

const setStatus = (status: string) =>
  db.query('update environments set status = $2 where environment_id = $1', [made.environmentId, status]);
const healthOf = (overall: Health['overall']): Health => ({
  overall,
  checkedAt: new Date().toISOString(),
  components: { api: { status: overall, message: 'looked', latencyMs: 3 } },
});
const ask = () => requestHealthCheck(db, { ...made, trigger: 'request', requestedBy: 'ann' });
const finish = (check: HealthCheck, outcome: Outcome, keep = 10) =>
  inTransaction(db, (tx) => finishHealthCheck(tx, check, { outcome, keep }));
const claim = async () => (await claimHealthCheck(db, 60))!;
const checks = async () => (await listHealthChecks(db, made.environmentId, { limit: 100 })).items;
const overalls = async () => (await checks()).map(({ overall }) => overall);

describe('a health check', () => {
  test('that waits stands for any other that is asked for', async () => {
    const [first, second] = [await ask(), await ask()];
    expect(second.healthCheckId).toBe(first.healthCheckId);
    expect(first).toMatchObject({ trigger: 'request', requestedBy: 'ann', overall: null, finishedAt: null });
  });

  test('is taken by one of many, and again when its worker fell silent; the first finds nobody waiting', async () => {
    await ask();
    const taken = await Promise.all(Array.from({ length: 5 }, () => claimHealthCheck(db, 60)));
    const [lost] = taken.filter((one) => one !== null);
    expect(taken.filter((one) => one !== null)).toHaveLength(1);
    await db.query(`update health_checks set started_at = now() - interval '2 minutes'`);
    const again = await claim();
    expect(again).toMatchObject({ healthCheckId: lost!.healthCheckId, attempt: 2 });
    await finish(lost!, { health: healthOf('unhealthy') });
    expect(await overalls()).toEqual([null]);
    await finish(again, { health: healthOf('healthy') });
    expect(await overalls()).toEqual(['healthy']);
  });

  test('becomes the health of the environment; a change of it is a line of the timeline', async () => {
    for (const overall of ['healthy', 'healthy', 'degraded'] as const) {
      await ask();
      await finish(await claim(), { health: healthOf(overall) });
    }
    const { health } = await getEnvironment(db, null, made.environmentId);
    expect(health).toMatchObject({ overall: 'degraded', components: { api: { latencyMs: 3 } } });
    const { items } = await listEvents(db, made.environmentId, { limit: 10 });
    expect(items.map(({ type, message }) => [type, message])).toEqual([
      ['health_changed', 'the environment is degraded; it was healthy'],
    ]);
  });

  test('that found nothing out leaves the health as it was', async () => {
    await ask();
    await finish(await claim(), { health: healthOf('healthy') });
    await ask();
    await finish(await claim(), { error: 'the account cannot be reached' });
    expect((await checks())[0]).toMatchObject({ overall: null, error: 'the account cannot be reached' });
    expect((await getEnvironment(db, null, made.environmentId)).health?.overall).toBe('healthy');
  });

  test('the last ones are kept', async () => {
    for (const overall of ['unhealthy', 'degraded', 'healthy'] as const) {
      await ask();
      await finish(await claim(), { health: healthOf(overall) }, 2);
    }
    expect(await overalls()).toEqual(['healthy', 'degraded']);
  });

  test('of a run is refused when the lease is lost', async () => {
    const keep = (leaseEpoch: number, overall: Health['overall']) =>
      inTransaction(db, (tx) =>
        keepRunHealth(
          tx,
          { ...made, leaseEpoch },
          {
            health: healthOf(overall),
            startedAt: new Date(),
            keep: 10,
          },
        ),
      );
    await expect(keep(0, 'unhealthy')).rejects.toMatchObject({ code: 'lease_lost' });
    await keep(1, 'healthy');
    expect(await checks()).toMatchObject([{ overall: 'healthy', trigger: 'run', runId: made.runId }]);
  });
});

describe('the schedule', () => {
  const schedule = (intervalSeconds = 60, most = 10) => scheduleHealthChecks(db, { intervalSeconds, most });

  test('checks a ready environment again when the interval is over, and not before', async () => {
    expect(await schedule()).toBe(1);
    expect(await schedule()).toBe(0);
    await finish(await claim(), { error: 'no answer' });
    expect(await schedule()).toBe(0);
    await db.query(`update health_checks set requested_at = now() - interval '61 seconds'`);
    expect(await schedule()).toBe(1);
    expect((await checks())[0]).toMatchObject({ trigger: 'schedule', requestedBy: null });
  });

  test.each([
    [120, 60, 61, 0],
    [30, 60, 31, 1],
    [30, 0, 31, 1],
    [0, 60, 1000, 0],
    [null, 0, 1000, 0],
  ])(
    'with an interval of %p and a setting of %p has after %p s %p due',
    async (own, setting, secondsAgo, due) => {
      await schedule();
      await finish(await claim(), { error: 'no answer' });
      await db.query(`update health_checks set requested_at = now() - make_interval(secs => $1)`, [
        secondsAgo,
      ]);
      await db.query(`update environments set health_check_seconds = $2 where environment_id = $1`, [
        made.environmentId,
        own,
      ]);
      expect(await schedule(setting)).toBe(due);
    },
  );

  test('leaves out what is not ready, and what a run is working on', async () => {
    await setStatus('failed');
    expect(await schedule()).toBe(0);
    await setStatus('ready');
    await db.query('update runs set finished_at = null where run_id = $1', [made.runId]);
    expect(await schedule()).toBe(0);
  });

  test('makes no more due at once than it is told', async () => {
    for (let n = 0; n < 3; n++) {
      made = await insertRun(db);
      await db.query('update runs set finished_at = now()');
      await setStatus('ready');
    }
    expect([await schedule(60, 2), await schedule(60, 10), await schedule(60, 10)]).toEqual([2, 2, 0]);
  });
});
