import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Json } from '../support/api.js';
import { startApp, type AppUnderTest } from './app-under-test.js';

let app: AppUnderTest;
beforeAll(async () => {
  app = await startApp({ maxEnvironments: 1000 });
});
afterAll(() => app.close());

const base = '/api/v1/review-rules';
const make = async (body: Record<string, unknown>, api = app.admin): Promise<Json> =>
  (await api.call('POST', base, body)).body;

test('a rule is made, read, changed by versions, and removed', async () => {
  const made = await app.admin.call('POST', base, { class: 'production', approvals: 2 });
  const id = made.body.rule_id;
  expect(made).toMatchObject({
    status: 201,
    body: {
      class: 'production',
      tenant_id: null,
      version: 1,
      approvals: 2,
      exclude_author: true,
      roles: ['approver', 'admin'],
      auto_approve: null,
    },
  });
  expect(made.headers.get('location')).toBe(`${base}/${id}`);
  const auto = { only_creates: true, max_risk: 'none', max_monthly_cost: 100 };
  const changed = await app.admin.call('PUT', `${base}/${id}`, { approvals: 1, auto_approve: auto });
  expect(changed).toMatchObject({ status: 200, body: { version: 2, approvals: 1, auto_approve: auto } });
  const { items } = await app.admin.get(`${base}/${id}/versions`);
  expect(items.map((one: Json) => [one.version, one.approvals, one.changed_by])).toEqual([
    [2, 1, 'admin-token'],
    [1, 2, 'admin-token'],
  ]);
  expect(await app.admin.call('POST', base, { class: 'production', approvals: 1 })).toMatchObject({
    status: 409,
    body: {
      code: 'name_taken',
      detail: 'there is a review rule for class production already: change that one',
    },
  });
  expect((await app.admin.call('DELETE', `${base}/${id}`)).body).toEqual({ rule_id: id, deleted: true });
  expect(await app.admin.call('GET', `${base}/${id}`)).toMatchObject({
    status: 404,
    body: { detail: `no review rule ${id}` },
  });
  expect((await make({ class: 'production', approvals: 1 })).version).toBe(1);
});

test('every fault of a rule is named', async () => {
  const bad = {
    approvals: 0,
    roles: ['service', 'admin', 'admin'],
    class: '-',
    auto_approve: { max_risk: 'huge' },
  };
  const { status, body } = await app.admin.call('POST', base, bad);
  expect(status).toBe(422);
  expect(body.errors.map((fault: Json) => fault.path).sort()).toEqual([
    'approvals',
    'auto_approve.max_risk',
    'class',
    'roles.0',
  ]);
  const twice = await app.admin.call('POST', base, { approvals: 1, roles: ['admin', 'admin'] });
  expect(twice.body.errors).toEqual([{ path: 'roles', message: 'names a role twice' }]);
});

test('the most fitting rule counts: class before any class, the tenant’s before the common one', async () => {
  const { tenantId } = app;
  const inUse = async (name: string): Promise<Json> => {
    const request = await app.admin.request({ labels: { class: name } });
    const { run_id: runId } = (await app.admin.call('POST', '/api/v1/environments', request)).body;
    return (await app.admin.get(`/api/v1/runs/${runId}`)).review.rule.rule_id;
  };
  expect(await inUse('blue')).toBeNull();
  const expected: string[] = [];
  for (const body of [
    { class: null, approvals: 1 },
    { class: null, approvals: 1, tenant_id: tenantId },
    { class: 'blue', approvals: 1 },
    { class: 'blue', approvals: 1, tenant_id: tenantId },
  ]) {
    expected.push((await make(body)).rule_id);
    expect(await inUse('blue')).toBe(expected.at(-1));
  }
  expect(await inUse('red')).toBe(expected[1]);
  for (const id of expected) await app.admin.call('DELETE', `${base}/${id}`);
  expect(await inUse('blue')).toBeNull();
});

test('a tenant reads the common rules, changes its own alone, and makes none for others', async () => {
  const { api } = await app.as('admin', app.tenantId);
  const common = await make({ class: 'common', approvals: 2 });
  const own = await make({ class: 'own', approvals: 2 }, api);
  expect(own.tenant_id).toBe(app.tenantId);
  const { items } = await api.get(base);
  expect(items.map((one: Json) => one.rule_id)).toEqual(
    expect.arrayContaining([common.rule_id, own.rule_id]),
  );
  expect(await api.call('PUT', `${base}/${common.rule_id}`, { approvals: 1 })).toMatchObject({
    status: 403,
    body: {
      detail: `review rule ${common.rule_id} is for every tenant: changing it needs a token that is bound to no tenant; make one of your own for the class`,
    },
  });
  expect((await api.call('DELETE', `${base}/${common.rule_id}`)).status).toBe(403);
  expect((await api.call('PUT', `${base}/${own.rule_id}`, { approvals: 1 })).body.version).toBe(2);
  expect(await make({ approvals: 1, tenant_id: 'ten_other' }, api)).toMatchObject({
    detail: 'no tenant ten_other',
  });
});

test('nobody slips out of a rule by another label, without the right to change rules', async () => {
  const { rule_id: ruleId } = await make({ class: 'guarded', approvals: 2 });
  const { environment_id: id } = (
    await app.admin.call(
      'POST',
      '/api/v1/environments',
      await app.admin.request({ labels: { class: 'guarded' } }),
    )
  ).body;
  const { api } = await app.as('operator');
  const relabel = (by: typeof api, label: string | null) =>
    by.call('PATCH', `/api/v1/environments/${id}`, { labels: { class: label } }, { 'if-match': '*' });
  for (const label of ['other', null])
    expect(await relabel(api, label)).toMatchObject({
      status: 403,
      body: {
        detail: `the label class of environment ${id} puts it under review rule ${ruleId}: changing it needs the right policies`,
      },
    });
  expect((await relabel(app.admin, 'other')).body.labels).toEqual({ class: 'other' });
  expect((await relabel(api, 'guarded')).status).toBe(200);
});
