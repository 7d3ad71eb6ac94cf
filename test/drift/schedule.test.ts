import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { inTransaction, type Db } from '../../src/db/db.js';
import { dueForDriftCheck, type DriftSchedule } from '../../src/drift/drift-store.js';
import { getRun } from '../../src/run/run-store.js';
import { createTestDatabase } from '../support/database.js';
import { insertRun, type TestRun } from '../support/rows.js';
import { scheduleDriftChecks } from '../../worker/drift-schedule.js';

let db: Db;
let drop: () => Promise<void>;
beforeAll(async () => {
  ({ db, drop } = await createTestDatabase());
});
afterAll(() => drop());
beforeEach(async () => {
  await db.query(`update runs set finished_at = coalesce(finished_at, now())`);
  await db.query(`update environments set status = 'failed'`);
});

/** An environment whose last run ended two hours ago, ready and to be checked each hour. */
async function due(): Promise<TestRun> {
  const made = await insertRun(db);
  await db.query(
    `update runs set finished_at = now() - interval '2 hours', lease_owner = null, status = 'succeeded' where run_id = $1`,
    [made.runId],
  );
  await change(made, `status = 'ready', drift_check_hours = 1`);
  return made;
}
const change = ({ environmentId }: TestRun, set: string) =>
  db.query(`update environments set ${set} where environment_id = $1`, [environmentId]);
const found = async (schedule: Partial<DriftSchedule> = {}): Promise<string[]> => {
  const asked = { hours: 0, share: 100, most: 20, ...schedule };
  return inTransaction(db, async (tx) => (await dueForDriftCheck(tx, asked)).map((one) => one.environmentId));
};

const exceptions: Record<string, (made: TestRun) => Promise<unknown>> = {
  'is not ready': (made) => change(made, `status = 'failed'`),
  'is never checked': (made) => change(made, `drift_check_hours = 0`),
  'goes by a setting that is off': (made) => change(made, `drift_check_hours = null`),
  'was looked at a moment ago': (made) =>
    db.query(`update runs set kind = 'drift_check', created_at = now() where run_id = $1`, [made.runId]),
  'is changed a moment ago': (made) =>
    db.query(`update runs set finished_at = now() where run_id = $1`, [made.runId]),
  'has an active run': (made) =>
    db.query(`update runs set finished_at = null where run_id = $1`, [made.runId]),
  'has a locked state': (made) =>
    db.query(
      `insert into state_locks (environment_id, lock_id, run_id, epoch, info) values ($1, 'a', $2, 1, '{}')`,
      [made.environmentId, made.runId],
    ),
  'belongs to a suspended tenant': (made) =>
    db.query(`update tenants set status = 'suspended' where tenant_id = $1`, [made.tenantId]),
};

describe('the clock', () => {
  test.each(Object.entries(exceptions))('passes over an environment that %s', async (_, except) => {
    const [passed, taken] = [await due(), await due()];
    await except(passed);
    expect(await found()).toEqual([taken.environmentId]);
  });

  test('takes no more at once than their share of the fleet, and always one', async () => {
    const made = [await due(), await due(), await due(), await due()];
    expect(await found()).toHaveLength(4);
    expect(await found({ share: 50 })).toHaveLength(2);
    expect(await found({ share: 1 })).toHaveLength(1);
    expect(await found({ most: 3 })).toHaveLength(3);
    await change(made[0]!, `drift_check_hours = null`);
    expect(await found({ hours: 1 })).toHaveLength(4);
    expect(await found({ hours: 3 })).toHaveLength(3);
  });

  test('queues each check once, however many workers look; the environment shows nothing of it', async () => {
    const made = [await due(), await due()];
    const config = { DRIFT_CHECK_HOURS: 0, DRIFT_CHECK_SHARE: 100 };
    const deps = { db, config };
    const counts = await Promise.all([1, 2, 3].map(() => scheduleDriftChecks(deps)));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(2);
    expect(await scheduleDriftChecks(deps)).toBe(0);
    const { rows } = await db.query<{
      environmentId: string;
      runId: string;
      current: string | null;
      status: string;
    }>(
      `select e.environment_id as "environmentId", r.run_id as "runId", e.current_run_id as current, e.status
       from environments e join runs r using (environment_id) where r.kind = 'drift_check' and r.finished_at is null
         and e.environment_id = any($1) order by 1`,
      [made.map(({ environmentId }) => environmentId)],
    );
    expect(rows).toMatchObject(
      made.map(({ environmentId }) => ({ environmentId, current: null, status: 'ready' })),
    );
    expect(await getRun(db, null, rows[0]!.runId)).toMatchObject({
      kind: 'drift_check',
      requestedBy: 'terrace',
    });
  });
});
