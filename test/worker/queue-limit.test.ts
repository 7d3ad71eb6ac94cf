import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readConfig } from '../../src/config/config.js';
import { getRun } from '../../src/run/run-store.js';
import { endOverdueInQueue } from '../../worker/queue-limit.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { insertRun } from '../support/rows.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

async function waiting(seconds: number): Promise<{ runId: string; tenantId: string }> {
  const made = await insertRun(database.db);
  await database.db.query(
    `update runs set status = 'queued', lease_owner = null, created_at = now() - make_interval(secs => $2) where run_id = $1`,
    [made.runId, seconds],
  );
  return made;
}

test('a run that waited too long fails and names the limit; others, and those of suspended tenants, wait on', async () => {
  const { db } = database;
  const [old, young, held] = [await waiting(61), await waiting(30), await waiting(61)];
  await db.query(`update tenants set status = 'suspended' where tenant_id = $1`, [held.tenantId]);
  await endOverdueInQueue({ db, config: readConfig({ QUEUE_TIMEOUT: '60' }) });
  expect(await getRun(db, null, old.runId)).toMatchObject({
    status: 'failed',
    error: {
      code: 'phase_timeout',
      message: 'the run waited longer than 60 s (QUEUE_TIMEOUT) for a free worker; ask for it again',
      limit: { name: 'QUEUE_TIMEOUT', seconds: 60 },
    },
  });
  expect(await getRun(db, null, young.runId)).toMatchObject({ status: 'queued' });
  expect(await getRun(db, null, held.runId)).toMatchObject({ status: 'queued' });
});
