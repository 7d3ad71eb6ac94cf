import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readAudit } from '../../src/audit/audit-store.js';
import { inTransaction } from '../../src/db/db.js';
import { transition, type Transition } from '../../src/run/run-transition.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { insertRun, type TestRun } from '../support/rows.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

async function linesAfter(
  run: TestRun,
  ...steps: Omit<Transition, 'runId' | 'message'>[]
): Promise<unknown[]> {
  for (const step of steps)
    await inTransaction(database.db, (tx) =>
      transition(tx, { runId: run.runId, message: `it is ${step.to}`, ...step }),
    );
  const rows = await readAudit(database.db, { target: run.runId }, { after: 0, limit: 10 });
  return rows.map(({ entry }) => JSON.parse(entry));
}

test('how a worker ended a run is told once, with the request that asked for it', async () => {
  const run = await insertRun(database.db);
  const lines = await linesAfter(run, { to: 'verifying', epoch: 1 }, { to: 'succeeded', epoch: 1 });
  expect(lines).toEqual([
    expect.objectContaining({
      actor_id: 'system',
      action: 'run_succeeded',
      target: run.runId,
      tenant_id: run.tenantId,
      request_id: 'test',
      result: 'done',
      detail: 'it is succeeded',
      before: { status: 'verifying' },
      after: { status: 'succeeded', kind: 'create', environment_id: run.environmentId, revision: 1 },
    }),
  ]);
});

test('a failed run is told with the code of its error', async () => {
  const error = {
    code: 'apply_failed',
    message: 'no',
    blame: 'tenant_cloud',
    retryable: false,
    step: null,
  } as const;
  const lines = await linesAfter(await insertRun(database.db), { to: 'failed', epoch: 1, error });
  expect(lines).toMatchObject([{ action: 'run_failed', result: 'failed', code: 'apply_failed' }]);
});

test('a run that a person ended is told by the request alone', async () => {
  const run = await insertRun(database.db);
  expect(await linesAfter(run, { to: 'canceling' }, { to: 'canceled', byPerson: true })).toEqual([]);
});
