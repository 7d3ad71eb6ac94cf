import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { RunStatus } from '../../src/run/run-state.js';
import type { Json } from '../support/api.js';
import { startApp, type AppUnderTest } from './app-under-test.js';
import { awaitReview } from './awaiting-review.js';
import { stepRun } from './run-steps.js';

let app: AppUnderTest;
beforeAll(async () => {
  app = await startApp({ maxEnvironments: 1000 });
});
afterAll(() => app.close());

const at = (runId: string) => `/api/v1/runs/${runId}`;
const post = (path: string) => app.admin.call('POST', path);

/** A run that a worker holds, in that status. */
async function held(...statuses: readonly RunStatus[]): Promise<string> {
  const { body } = await app.admin.call('POST', '/api/v1/environments', await app.admin.request());
  await awaitReview(app.database.db, { runId: body.run_id, environmentId: body.environment_id });
  await stepRun(app.database.db, body.run_id, ...statuses);
  await app.database.db.query(
    `update runs set lease_owner = 'elsewhere', lease_expires_at = now() + interval '1 hour' where run_id = $1`,
    [body.run_id],
  );
  return body.run_id;
}

const askedAgo = (runId: string, seconds: number) =>
  app.database.db.query(
    `update runs set cancel_requested_at = now() - make_interval(secs => $2) where run_id = $1`,
    [runId, seconds],
  );
const refused = (detail: string) => ({ status: 409, body: { code: 'action_not_allowed', detail } });

describe('force-cancel', () => {
  test('is refused before a cancel, and until ten seconds after it, with how long it takes', async () => {
    const runId = await held('approved', 'applying');
    expect(await post(`${at(runId)}/force-cancel`)).toMatchObject(
      refused(`run ${runId} was not asked to stop: cancel it first; force-cancel is possible 10 s later`),
    );
    expect((await app.admin.get(at(runId))).allowed_actions).toEqual(['cancel']);
    expect((await post(`${at(runId)}/cancel`)).body.allowed_actions).toEqual(['cancel', 'force_cancel']);
    await askedAgo(runId, 3.5);
    expect(await post(`${at(runId)}/force-cancel`)).toMatchObject(
      refused(`run ${runId} was asked to stop 3 s ago: force-cancel is possible in 7 s`),
    );
    await askedAgo(runId, 10);
    const forced = await post(`${at(runId)}/force-cancel`);
    expect(forced).toMatchObject({ status: 202, body: { force_cancel_requested_at: expect.any(String) } });
  });

  test('of a run that has ended is refused with what is possible', async () => {
    const runId = await held('canceled');
    expect(await post(`${at(runId)}/force-cancel`)).toMatchObject(
      refused(`run ${runId} is canceled: force_cancel is not possible`),
    );
  });
});

describe('cancel', () => {
  test.each<[string, readonly RunStatus[]]>([
    ['awaiting_review', []],
    ['approved', ['approved']],
    ['interrupted', ['approved', 'applying', 'interrupted']],
  ])('of a run that is %s and in no hands ends it at once', async (_, statuses) => {
    const runId = await held(...statuses);
    await app.database.db.query(`update runs set lease_owner = null where run_id = $1`, [runId]);
    const answer = await post(`${at(runId)}/cancel`);
    expect(answer).toMatchObject({ status: 202, body: { status: 'canceled', allowed_actions: [] } });
  });

  test.each<[RunStatus, readonly RunStatus[]]>([
    ['applying', ['approved', 'applying']],
    ['verifying', ['approved', 'applying', 'verifying']],
  ])('of a run that is %s waits for its worker', async (status, statuses) => {
    const runId = await held(...statuses);
    const { body }: { body: Json } = await post(`${at(runId)}/cancel`);
    expect(body).toMatchObject({ status, finished_at: null, cancel_requested_at: expect.any(String) });
  });
});
