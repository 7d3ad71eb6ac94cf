import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { inTransaction } from '../../src/db/db.js';
import { listEvents } from '../../src/event/event-store.js';
import { appendJournal, journalTimes } from '../../src/run/journal-store.js';
import { applyPhases, phaseOf, type JournalTime } from '../../src/run/phase-rules.js';
import { phaseFigures, savePhases } from '../../src/run/phase-store.js';
import { getRun } from '../../src/run/run-store.js';
import { typesInUse } from '../../src/sandbox/schema/types-in-use.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { insertRun } from '../support/rows.js';

const budgets = { infrastructure: 60_000, deployment: 90_000, configuration: 45_000, health: 45_000 };
const line = (address: string, step: JournalTime['step'], second: number): JournalTime => ({
  address,
  resourceType: address.split('.')[0]!,
  step,
  at: new Date(1_700_000_000_000 + second * 1000),
});

describe('phases by the journal', () => {
  test('resources worked on at once count once, a pause between them not at all', () => {
    const journal = [
      line('aws_vpc.a', 'started', 0),
      line('aws_subnet.b', 'started', 5),
      line('aws_vpc.a', 'finished', 10),
      line('helm_release.c', 'started', 10),
      line('aws_subnet.b', 'finished', 20),
      line('aws_eip.d', 'started', 50),
      line('aws_eip.d', 'errored', 51),
      line('helm_release.c', 'finished', 110),
    ];
    expect(applyPhases(journal, budgets)).toEqual([
      { name: 'infrastructure', durationMs: 21_000, budgetMs: 60_000, over: false },
      { name: 'deployment', durationMs: 100_000, budgetMs: 90_000, over: true },
      { name: 'configuration', durationMs: 0, budgetMs: 45_000, over: false },
    ]);
  });

  test('what a dead worker started counts from when it was started again', () => {
    const journal = [
      line('aws_vpc.a', 'started', 0),
      line('aws_vpc.a', 'started', 100),
      line('aws_vpc.a', 'finished', 103),
      line('aws_eip.d', 'started', 200),
    ];
    expect(applyPhases(journal, budgets)[0]).toMatchObject({ durationMs: 3000 });
  });

  test.each([
    ['aws_db_instance', 'infrastructure'],
    ['kubernetes_namespace_v1', 'infrastructure'],
    ['kubernetes_stateful_set_v1', 'deployment'],
    ['docker_container', 'deployment'],
    ['kubernetes_job_v1', 'configuration'],
    ['postgresql_role', 'configuration'],
    ['acme_certificate', 'configuration'],
  ])('%s belongs to %s', (type, name) => expect(phaseOf(type)).toBe(name));

  test('every type of the blueprints belongs to a phase of an apply', () => {
    const types = Object.values(typesInUse).flatMap(({ resources }) => Object.keys(resources));
    expect(new Set(types.map(phaseOf))).toEqual(new Set(['infrastructure', 'deployment', 'configuration']));
  });
});

describe('kept phases', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  test('replace those of the same name, tell of a budget that was passed, and are refused of a lost lease', async () => {
    const { db } = database;
    const made = await insertRun(db);
    const entry = { address: 'aws_vpc.a', resourceType: 'aws_vpc', action: 'create' };
    await appendJournal(db, made, { ...entry, step: 'started' }, { ...entry, step: 'finished' });
    expect(await journalTimes(db, made.runId)).toMatchObject([{ step: 'started' }, { step: 'finished' }]);
    const run = { ...made, leaseEpoch: made.epoch };
    const health = (durationMs: number) => ({
      name: 'health' as const,
      durationMs,
      budgetMs: 45_000,
      over: durationMs > 45_000,
    });
    const save = (over: { leaseEpoch: number }, durationMs: number) =>
      inTransaction(db, (tx) => savePhases(tx, { ...run, ...over }, [health(durationMs)]));
    await inTransaction(db, (tx) => savePhases(tx, run, applyPhases([], budgets)));
    await save(run, 1000);
    await save(run, 50_000);
    await expect(save({ leaseEpoch: 0 }, 7)).rejects.toMatchObject({ code: 'lease_lost' });
    const { phases } = await getRun(db, null, made.runId);
    expect(phases.map(({ name, durationMs }) => [name, durationMs])).toEqual([
      ['infrastructure', 0],
      ['deployment', 0],
      ['configuration', 0],
      ['health', 50_000],
    ]);
    const { items } = await listEvents(db, made.environmentId, { limit: 10 });
    expect(items.map(({ type, message }) => [type, message])).toEqual([
      ['phase_over_budget', 'the phase health took 50 s; its budget is 45 s'],
    ]);
  });

  test('give median and 95th percentile by blueprint', async () => {
    const { db } = database;
    for (const durationMs of [1000, 2000, 3000]) {
      const made = await insertRun(db);
      const found = [{ name: 'deployment' as const, durationMs, budgetMs: 2500, over: durationMs > 2500 }];
      await inTransaction(db, (tx) => savePhases(tx, { ...made, leaseEpoch: 1 }, found));
      await db.query(`update environments set blueprint = 'isp@1' where environment_id = $1`, [
        made.environmentId,
      ]);
      await db.query(`update runs set finished_at = now() where run_id = $1`, [made.runId]);
    }
    const figures = await phaseFigures(db);
    expect(figures).toEqual([
      { blueprint: 'isp@1', phase: 'deployment', p50: 2, p95: expect.closeTo(2.9), count: 3, over: 1 },
    ]);
  });
});
