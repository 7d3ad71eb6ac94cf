import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Json } from '../support/api.js';
import { awaitReview } from './awaiting-review.js';
import { startApp, type AppUnderTest } from './app-under-test.js';

let app: AppUnderTest;
beforeAll(async () => {
  app = await startApp({ maxEnvironments: 1000 });
});
afterAll(() => app.close());

const base = '/api/v1/policies';
const mine = { expression: 'summary.create < 5', verdict: 'warn' };

test('a policy is made, changed by versions, and removed', async () => {
  const made = await app.admin.call('POST', base, { name: 'few', ...mine });
  const id = made.body.policy_id;
  expect(made).toMatchObject({
    status: 201,
    body: { name: 'few', tenant_id: null, version: 1, enabled: true, ...mine, builtin: null, params: {} },
  });
  expect(made.headers.get('location')).toBe(`${base}/${id}`);
  const regions = { builtin: 'allowed_regions', params: { regions: ['eu-central-1'] }, verdict: 'deny' };
  const changed = await app.admin.call('PUT', `${base}/${id}`, regions);
  expect(changed).toMatchObject({ status: 200, body: { version: 2, expression: null, ...regions } });
  const { items } = await app.admin.get(`${base}/${id}/versions`);
  expect(items.map((one: Json) => [one.version, one.expression, one.changed_by])).toEqual([
    [2, null, 'admin-token'],
    [1, mine.expression, 'admin-token'],
  ]);
  expect(await app.admin.call('POST', base, { name: 'few', ...mine })).toMatchObject({
    status: 409,
    body: {
      code: 'name_taken',
      detail: 'there is a policy few already: change that one, or choose another name',
    },
  });
  expect((await app.admin.call('DELETE', `${base}/${id}`)).body).toEqual({ policy_id: id, deleted: true });
  expect(await app.admin.call('GET', `${base}/${id}`)).toMatchObject({
    status: 404,
    body: { detail: `no policy ${id}` },
  });
});

describe('a policy that cannot be judged is refused with what is wrong', () => {
  test.each<[Json, string, string]>([
    [{ ...mine, expression: 'summary.creates < 5' }, 'expression', 'No such key: creates'],
    [{ ...mine, expression: 'changes.size()' }, 'expression', 'the expression gives int, not true or false'],
    [{ ...mine, expression: 'changes.all(' }, 'expression', 'Unexpected token: EOF'],
    [{ ...mine, message: '{{ nothing }}' }, 'message', 'in the message: Unknown variable: nothing'],
    [{ ...mine, builtin: 'allowed_regions' }, 'expression', 'give either `expression` or `builtin`'],
    [{ verdict: 'warn' }, 'expression', 'give either `expression` or `builtin`'],
    [
      { builtin: 'allowed_regions', verdict: 'deny', params: { regions: ['x'], region: 'x' } },
      'params.region',
      'unknown field',
    ],
    [
      { builtin: 'business_hours', verdict: 'deny', params: { from: '8' } },
      'params.from',
      'must be a time of the day in UTC such as 08:00',
    ],
    [
      {
        builtin: 'freeze_windows',
        verdict: 'deny',
        params: { windows: [{ from: '2026-02-02', to: '2026-02-01' }] },
      },
      'params.windows.0',
      'ends before it begins',
    ],
  ])('%j', async (body, path, message) => {
    const { status, body: told } = await app.admin.call('POST', base, { name: 'odd', ...body });
    expect([status, told.code]).toEqual([422, 'invalid_request']);
    expect(told.errors).toContainEqual({ path, message });
    if (path !== 'expression' || !message.startsWith('give'))
      expect((await app.admin.call('POST', `${base}/check`, body)).body).toEqual({
        valid: false,
        fault: `${path}: ${message}`,
      });
  });

  test('one that is too long, and a verdict there is not', async () => {
    const long = await app.admin.call('POST', base, { name: 'l', ...mine, expression: '1'.repeat(10_001) });
    const verdict = await app.admin.call('POST', base, { name: 'l', ...mine, verdict: 'maybe' });
    expect([long.status, long.body.errors[0].path]).toEqual([422, 'expression']);
    expect([verdict.status, verdict.body.errors[0].path]).toEqual([422, 'verdict']);
  });

  test('a good one is said to be good, and is not stored', async () => {
    const before = (await app.admin.get(base)).items.length;
    expect((await app.admin.call('POST', `${base}/check`, mine)).body).toEqual({ valid: true, fault: null });
    expect((await app.admin.get(base)).items.length).toBe(before);
  });
});

test('a tenant sees its own policies and those for all, and changes its own', async () => {
  const { body: other } = await app.admin.call('POST', '/api/v1/tenants', { name: 'Other', slug: 'other' });
  const here = (await app.as('admin', app.tenantId)).api;
  const there = (await app.as('admin', other.tenant_id)).api;
  const { body: own } = await here.call('POST', base, { name: 'own', ...mine });
  const { body: common } = await app.admin.call('POST', base, { name: 'common', ...mine });
  expect(own.tenant_id).toBe(app.tenantId);
  const seen = async (api: typeof here): Promise<string[]> =>
    (await api.get(base)).items.map((one: Json) => one.policy_id);
  expect(await seen(here)).toEqual(expect.arrayContaining([own.policy_id, common.policy_id]));
  expect(await seen(there)).toContain(common.policy_id);
  expect(await seen(there)).not.toContain(own.policy_id);
  const path = `${base}/${own.policy_id}`;
  for (const [method, to, body] of [
    ['GET', path, undefined],
    ['GET', `${path}/versions`, undefined],
    ['PUT', path, mine],
    ['DELETE', path, undefined],
    ['POST', `${path}/dry-run`, undefined],
  ] as const)
    expect(await there.call(method, to, body)).toMatchObject({
      status: 404,
      body: { detail: `no policy ${own.policy_id}` },
    });
  expect(await here.call('PUT', `${base}/${common.policy_id}`, mine)).toMatchObject({
    status: 403,
    body: {
      detail: `policy ${common.policy_id} is for every tenant: changing it needs a token that is bound to no tenant`,
    },
  });
});

test('a dry run judges plans that were made, page by page, and changes nothing', async () => {
  const run = async (creates: number): Promise<string> => {
    const { body } = await app.admin.call('POST', '/api/v1/environments', await app.admin.request());
    const ids = { runId: body.run_id, environmentId: body.environment_id };
    await awaitReview(app.database.db, ids, { create: creates });
    return body.run_id;
  };
  const [small, large] = [await run(1), await run(9)];
  const { body: policy } = await app.admin.call('POST', base, {
    tenant_id: app.tenantId,
    name: 'rehearsed',
    ...mine,
    message: '{{ summary.create }} at once in {{ environment.region }}',
  });
  const path = `${base}/${policy.policy_id}/dry-run?limit=1`;
  const first = (await app.admin.call('POST', path)).body;
  const second = (await app.admin.call('POST', `${path}&cursor=${first.next_cursor}`)).body;
  expect(first.items).toMatchObject([
    { run_id: large, result: { outcome: 'failed', verdict: 'warn', message: '9 at once in eu-central-1' } },
  ]);
  expect(second.items).toMatchObject([{ run_id: small, result: { outcome: 'passed', version: 1 } }]);
  expect((await app.admin.get(`/api/v1/runs/${large}`)).policy).toBeNull();
});

test('the language tells what a policy reads, and which policies there are', async () => {
  const { language, input, builtins } = await app.admin.get('/api/v1/policy-language');
  expect(language).toBe('CEL');
  expect(Object.keys(input.properties)).toEqual(expect.arrayContaining(['changes', 'cost', 'spec', 'now']));
  expect(builtins.map((one: Json) => one.name)).toContain('freeze_windows');
});

test('what a policy denies by now cannot be approved; the plan stays', async () => {
  const request = await app.admin.request();
  const { body: made } = await app.admin.call('POST', '/api/v1/environments', request);
  const planId = await awaitReview(app.database.db, {
    runId: made.run_id,
    environmentId: made.environment_id,
  });
  const day = (away: number) => new Date(Date.now() + away * 86_400_000).toISOString().slice(0, 10);
  const freeze = {
    builtin: 'freeze_windows',
    params: { windows: [{ from: day(-1), to: day(1) }] },
    verdict: 'deny',
  };
  const { body: policy } = await app.admin.call('POST', base, {
    name: 'freeze',
    ...freeze,
    message: 'frozen',
  });
  const approve = async (api = app.admin) =>
    api.call('POST', `/api/v1/runs/${made.run_id}/approve`, { plan_id: planId });
  const text = (version: number, said: string) =>
    `plan ${planId} cannot be approved now: policy freeze (version ${version}): ${said}; the plan stays: approve it when the policy lets it pass, or have the policy changed`;
  const denied = (detail: string) => ({ status: 409, body: { code: 'policy_denied', detail } });
  expect(await approve()).toMatchObject(denied(text(1, 'frozen')));
  const { items } = await app.admin.get(`/api/v1/audit?target=${made.run_id}`);
  expect(items.map(({ code }: Json) => code)).toContain('policy_denied');

  const change = (over: Json) => app.admin.call('PUT', `${base}/${policy.policy_id}`, { ...freeze, ...over });
  await change({ builtin: undefined, expression: 'spec.nothing == 1', params: {} });
  const { api: tenants } = await app.as('admin', app.tenantId);
  const broken = 'it is broken: No such key: nothing; correct it or switch it off';
  expect(await approve(tenants)).toMatchObject(denied(text(2, broken)));
  expect((await app.admin.get(`/api/v1/runs/${made.run_id}`)).status).toBe('awaiting_review');

  await change({ verdict: 'require_approval' });
  expect(await approve()).toMatchObject({ status: 202, body: { status: 'approved' } });
  await app.admin.call('DELETE', `${base}/${policy.policy_id}`);
});
