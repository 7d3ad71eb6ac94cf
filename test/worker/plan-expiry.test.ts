import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readConfig } from '../../src/config/config.js';
import { newId } from '../../src/lib/ids.js';
import { insertPlan } from '../../src/plan/plan-store.js';
import { getRun } from '../../src/run/run-store.js';
import { expirePlans } from '../../worker/plan-expiry.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { testPlan } from '../support/plan-row.js';
import { insertRun, type TestRun } from '../support/rows.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

async function awaitingReview(): Promise<TestRun & { planId: string }> {
  const { db } = database;
  const made = await insertRun(db);
  const plan = testPlan(made);
  await insertPlan(db, plan, made.epoch);
  await db.query(
    `update runs set status = 'awaiting_review', plan_id = $2, lease_owner = null where run_id = $1`,
    [made.runId, plan.planId],
  );
  return { ...made, planId: plan.planId };
}

const overtakenBy = {
  too_old: ({ planId }) =>
    database.db.query(`update plans set created_at = now() - interval '61 s' where plan_id = $1`, [planId]),
  state_moved: ({ environmentId, runId }) =>
    database.db.query(
      `insert into state_versions (state_version_id, environment_id, serial, lineage, sha256, size_bytes,
         resource_count, ciphertext, key_id, run_id, epoch) values ($1, $2, 1, 'l', 's', 1, 0, '', 'k', $3, 1)`,
      [newId('stateVersion'), environmentId, runId],
    ),
  newer_revision: ({ environmentId }) =>
    database.db.query(`update environments set revision = 2 where environment_id = $1`, [environmentId]),
} satisfies Record<string, (made: TestRun & { planId: string }) => Promise<unknown>>;

test.each([
  ['too_old', 'nobody approved it within 60 s (PLAN_MAX_AGE)'],
  ['state_moved', 'the state has changed since'],
  ['newer_revision', 'there is a newer revision'],
] as const)('a plan that waits for a review ends when it is overtaken: %s', async (reason, text) => {
  const { db } = database;
  const [overtaken, other] = [await awaitingReview(), await awaitingReview()];
  await overtakenBy[reason](overtaken);
  await expirePlans({ db, config: readConfig({ PLAN_MAX_AGE: '60' }) });
  expect(await getRun(db, null, overtaken.runId)).toMatchObject({
    status: 'expired',
    error: {
      code: 'plan_expired',
      message: `plan ${overtaken.planId} expired: ${text}; replan the run`,
    },
  });
  const { rows } = await db.query(`select data from events where run_id = $1 and type = 'run_expired'`, [
    overtaken.runId,
  ]);
  expect(rows).toEqual([{ data: expect.objectContaining({ plan_id: overtaken.planId, reason }) }]);
  expect(await getRun(db, null, other.runId)).toMatchObject({ status: 'awaiting_review' });
});
