/** Review and change on the whole product: real plans, real applies, a worker that is told lies by its database. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { apiOf, exampleSpec, type Answer, type Api, type Json } from '../support/api.js';
import { api, db, terrace } from './product.js';

let approver: string;
beforeAll(async () => {
  const made = await api.call('POST', '/api/v1/tokens', { name: 'colleague', role: 'approver' });
  approver = made.body.token;
});
const colleague = (): Api => apiOf({ url: terrace.url, token: approver });

const at = (id: string) => `/api/v1/environments/${id}`;
const settled = (id: string) =>
  api.until(at(id), ({ status }) => ['ready', 'failed', 'rolled_back'].includes(status));
const ended = (runId: string) => api.until(`/api/v1/runs/${runId}`, (run) => run.finished_at !== null);
const reviewed = (runId: string) =>
  api.until(`/api/v1/runs/${runId}`, (run) => run.status === 'awaiting_review' || run.finished_at !== null);

async function create(over: Record<string, unknown> = {}): Promise<{ id: string; runId: string }> {
  const { body } = await api.call('POST', '/api/v1/environments', await api.request(over));
  return { id: body.environment_id, runId: body.run_id };
}

const approve = async (by: Api, runId: string): Promise<Answer> => {
  const { plan, review } = await reviewed(runId);
  return by.call('POST', `/api/v1/runs/${runId}/approve`, { plan_id: plan.plan_id, confirm: review.confirm });
};
const objectsOf = async (id: string): Promise<Json[]> =>
  (await api.get(`/api/v1/sandbox/environments/${id}/objects`)).items;

/** Has PostgreSQL do `sql` once, when `event` happens to the row of that run; returns what undoes it. */
async function when(event: string, table: string, { condition, sql }: { condition: string; sql: string }) {
  await db.query(
    `create function meddle() returns trigger language plpgsql security definer as $$ begin ${sql}; return null; end $$`,
  );
  await db.query(
    `create trigger meddling after ${event} on ${table} for each row when (${condition}) execute function meddle()`,
  );
  return () => db.query(`drop trigger meddling on ${table}; drop function meddle()`);
}

test('an update that fails goes back to the revision last applied, and can be tried again', async () => {
  const { id } = await create({ review: 'auto' });
  expect(await settled(id)).toMatchObject({ status: 'ready', applied_revision: 1 });
  const before = await objectsOf(id);
  const fault = { kind: 'fail', type: 'helm_release', on: 'update', message: 'no such version' };
  await api.call('PUT', `/api/v1/sandbox/environments/${id}/faults`, { faults: [fault] });
  const [release] = exampleSpec.releases;
  const spec = { releases: [{ ...release, version: '1.5.0' }], ingress: { host: 'new.acme.example.com' } };
  const patched = await api.call('PATCH', at(id), { spec }, { 'if-match': '"1"' });
  expect(patched).toMatchObject({ status: 202, body: { revision: 2 } });
  const run = await ended(patched.body.run_id);
  expect(run).toMatchObject({ kind: 'update', status: 'rolled_back', error: { code: 'apply_failed' } });
  const environment = await api.get(at(id));
  expect(environment).toMatchObject({
    status: 'rolled_back',
    revision: 2,
    applied_revision: 1,
    endpoint_url: 'https://shop.acme.example.com',
  });
  expect((await objectsOf(id)).map((one) => one.address).sort()).toEqual(
    before.map((one) => one.address).sort(),
  );
  const { items } = await api.get(`${at(id)}/events?limit=1000`);
  expect(items.at(-1).message).toBe('the rollback is complete; revision 1 is in place again');

  await api.call('PUT', `/api/v1/sandbox/environments/${id}/faults`, { faults: [] });
  await api.call('POST', `${at(id)}/retry`, {});
  const ready = await api.until(at(id), ({ status }) => status === 'ready' || status === 'failed');
  expect(ready).toMatchObject({ applied_revision: 2, endpoint_url: 'https://new.acme.example.com' });
});

describe('a plan that is not what was approved', () => {
  test('because its bytes changed after the approval is not applied, and audited', async () => {
    const { id, runId } = await create();
    await reviewed(runId);
    const undo = await when('update of status', 'runs', {
      condition: `new.run_id = '${runId}' and new.status = 'applying'`,
      sql: `update plans set plan_file = substring(plan_file for length(plan_file) - 9) where run_id = '${runId}'`,
    });
    expect((await approve(api, runId)).status).toBe(202);
    const run = await ended(runId);
    await undo();
    expect(run).toMatchObject({ status: 'stale', error: { code: 'artifact_corrupt', step: 'open_plan' } });
    expect(await objectsOf(id)).toEqual([]);
    const { items } = await api.get(`/api/v1/audit?target=${runId}&action=run_stale`);
    expect(items).toMatchObject([{ actor_id: 'system', code: 'artifact_corrupt' }]);
  });

  test('because a fact moved while terraform took the lock is not applied; planned again, its approval holds', async () => {
    const { id, runId } = await create();
    const { plan } = await reviewed(runId);
    const undo = await when('insert', 'state_locks', {
      condition: `new.run_id = '${runId}'`,
      sql: `update plans set state_serial = 99 where run_id = '${runId}'`,
    });
    expect((await approve(colleague(), runId)).status).toBe(202);
    const run = await ended(runId);
    await undo();
    expect(run).toMatchObject({
      status: 'stale',
      allowed_actions: ['replan'],
      error: {
        code: 'plan_stale',
        step: 'apply',
        message: `plan ${plan.plan_id} is stale: changed since it was made: state serial; replan the run`,
      },
    });
    expect(await objectsOf(id)).toEqual([]);
    expect((await db.query('select 1 from state_locks where environment_id = $1', [id])).rows).toEqual([]);

    const again = (await api.call('POST', `/api/v1/runs/${runId}/replan`, {})).body.run_id;
    expect(await ended(again)).toMatchObject({
      status: 'succeeded',
      replan_of: runId,
      reviews: [{ decision: 'approve', reviewed_by: 'colleague', carried_from: plan.plan_id }],
    });
    expect(await settled(id)).toMatchObject({ status: 'ready' });
  });
});

test('policies that changed since the plan hold up its approval and its apply; a rollback is judged as any plan', async () => {
  const message = 'frozen';
  const never = { expression: 'run.run_id == "none"', message };
  const off = { ...never, verdict: 'deny', enabled: false };
  const { policy_id: policyId } = (await api.call('POST', '/api/v1/policies', { name: 'freeze', ...off }))
    .body;
  const set = (verdict: string, enabled = true) =>
    api.call('PUT', `/api/v1/policies/${policyId}`, { ...never, verdict, enabled });
  /** Another version of the policy is in force from the moment that a worker takes an approved run. */
  const onceTaken = (environmentId: string, verdict: string) =>
    when('update of status', 'runs', {
      condition: `new.environment_id = '${environmentId}' and new.status = 'applying'`,
      sql: `update policies set version = version + 1, settings = settings || '{"enabled": true, "verdict": "${verdict}"}' where policy_id = '${policyId}'`,
    });
  const request = await api.request({ review: 'auto' });
  const { body: created } = await api.call('POST', '/api/v1/environments', request);
  const id: string = created.environment_id;
  const undo = await onceTaken(id, 'deny');
  const denied = await ended(created.run_id);
  await undo();
  expect(denied).toMatchObject({
    status: 'failed',
    error: {
      code: 'policy_denied',
      step: 'policies',
      message: `plan ${denied.plan.plan_id} cannot be applied now: policy freeze (version 2): frozen; nothing was changed: ask for it again when the policy lets it pass, or have the policy changed`,
    },
  });

  await set('deny', false);
  const undoSecond = await onceTaken(id, 'require_approval');
  const second = await ended((await api.call('POST', `${at(id)}/retry`, {})).body.run_id);
  await undoSecond();
  expect(second).toMatchObject({
    status: 'failed',
    error: {
      code: 'policy_denied',
      message: `plan ${second.plan.plan_id} needs a review now: policy freeze (version 4): frozen; 0 of 1 approvals are given and nothing was changed: ask for it again, and have the new plan approved`,
    },
  });
  expect(await objectsOf(id)).toEqual([]);

  const third = (await api.call('POST', `${at(id)}/retry`, {})).body.run_id;
  expect((await reviewed(third)).review.why).toBe('policy freeze (version 4): frozen');
  await approve(api, third);
  expect(await ended(third)).toMatchObject({ status: 'succeeded' });

  await set('deny', false);
  const spec = { ...exampleSpec, ingress: { host: 'new.acme.example.com' } };
  const update = (await api.call('PATCH', at(id), { spec }, { 'if-match': '"1"' })).body.run_id;
  expect(await ended(update)).toMatchObject({ status: 'succeeded' });
  await set('deny');
  const back = await api.call('POST', `${at(id)}/rollback`, { revision: 1 });
  expect(await ended(back.body.run_id)).toMatchObject({
    kind: 'rollback',
    status: 'failed',
    error: { code: 'policy_denied', message: 'policy freeze (version 6): frozen', step: 'policies' },
  });
  await api.call('DELETE', `/api/v1/policies/${policyId}`);
}, 60_000);

test('a plan that nobody approves expires, and what only its apply needed is deleted', async () => {
  const { runId } = await create();
  const { plan } = await reviewed(runId);
  await db.query(`update plans set created_at = created_at - interval '25 hours' where run_id = $1`, [runId]);
  expect(await ended(runId)).toMatchObject({
    status: 'expired',
    error: {
      code: 'plan_expired',
      message: `plan ${plan.plan_id} expired: nobody approved it within 24 h (PLAN_MAX_AGE); replan the run`,
    },
  });
  await api.until(`/api/v1/runs/${runId}`, () => true);
  for (;;) {
    const { rows } = await db.query('select plan_file, plan_json from plans where run_id = $1', [runId]);
    if (rows[0].plan_file === null && rows[0].plan_json === null) break;
    await api.get(`/api/v1/runs/${runId}`);
  }
  expect((await api.get(`/api/v1/runs/${runId}/plan`)).changes.length).toBeGreaterThan(8);
});
