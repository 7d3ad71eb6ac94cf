import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startApp, type AppUnderTest } from './app-under-test.js';
import { makeBelongings, type Belongings } from './belongings.js';

let app: AppUnderTest;
let things: Belongings;
let path: string;
beforeAll(async () => {
  app = await startApp();
  things = await makeBelongings(app, 'health');
  path = `/api/v1/environments/${things.environment_id}`;
});
afterAll(() => app.close());

test('a check is refused while a run is active, and where there is nothing, in words that say what to do', async () => {
  const { db } = app.database;
  const { environment_id: id, run_id: runId } = things;
  expect(await app.admin.call('POST', `${path}/health-check`)).toMatchObject({
    status: 409,
    body: {
      code: 'active_run',
      detail: `environment ${id} has an active run ${runId}: its health is checked when that ends`,
      run_id: runId,
    },
  });
  await db.query(`update runs set finished_at = now() where run_id = $1`, [runId]);
  await db.query(`update environments set status = 'rolled_back' where environment_id = $1`, [id]);
  expect(await app.admin.call('POST', `${path}/health-check`)).toMatchObject({
    status: 409,
    body: {
      code: 'action_not_allowed',
      detail: `environment ${id} is rolled_back: there is nothing to check`,
    },
  });
  await db.query(`update environments set status = 'ready' where environment_id = $1`, [id]);
  const asked = await app.admin.call('POST', `${path}/health-check`);
  expect(asked).toMatchObject({ status: 202, body: { status: 'queued', requested_by: 'admin-token' } });
  const again = await app.admin.call('POST', `${path}/health-check`);
  expect(again.body.health_check_id).toBe(asked.body.health_check_id);
});

test('the history is paged, newest first', async () => {
  const { tenant_id: tenantId, environment_id: id } = await makeBelongings(app, 'pages');
  const ids = ['1', '2', '3'].map((n) => `hck_${n.repeat(26)}`);
  for (const one of ids)
    await app.database.db.query(
      `insert into health_checks (health_check_id, tenant_id, environment_id, trigger, overall, started_at, finished_at)
       values ($1, $2, $3, 'schedule', 'degraded', now(), now())`,
      [one, tenantId, id],
    );
  const first = await app.admin.get(`/api/v1/environments/${id}/health?limit=2`);
  expect(first).toMatchObject({ environment_id: id, health: null });
  const next = await app.admin.get(`/api/v1/environments/${id}/health?limit=2&cursor=${first.next_cursor}`);
  const seen = [...first.items, ...next.items].map((one: { health_check_id: string }) => one.health_check_id);
  expect(seen).toEqual(ids.reverse());
  expect(next.next_cursor).toBeNull();
  const wrong = await app.admin.call('GET', `/api/v1/environments/${id}/health?cursor=x`);
  expect(wrong).toMatchObject({ status: 400, body: { code: 'invalid_cursor' } });
});

test('how often it is looked at is said with the request, and changed', async () => {
  const asked = (seconds: unknown) => app.admin.request({ health_check_seconds: seconds });
  for (const [wrong, message] of [
    [29, 'must be 0, or at least 30'],
    [86_401, 'must be at most 86400'],
    [0.5, 'must be a whole number'],
  ])
    expect(await app.admin.call('POST', '/api/v1/environments', await asked(wrong))).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'health_check_seconds', message: expect.stringContaining(String(message)) }] },
    });
  const { body: made } = await app.admin.call('POST', '/api/v1/environments', await asked(30));
  const at = `/api/v1/environments/${made.environment_id}`;
  expect(await app.admin.get(at)).toMatchObject({ health_check_seconds: 30 });
  for (const seconds of [0, null]) {
    const changed = await app.admin.call('PATCH', at, { health_check_seconds: seconds }, { 'if-match': '*' });
    expect(changed).toMatchObject({ status: 200, body: { health_check_seconds: seconds } });
  }
});
