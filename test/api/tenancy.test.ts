import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { seedSandbox } from '../../src/tenant/seed.js';
import type { Answer, Api } from '../support/api.js';
import { startApp, type AppUnderTest } from './app-under-test.js';
import { awaitReview } from './awaiting-review.js';

let app: AppUnderTest;
let stranger: Api;
let strangersTenant: string;
beforeAll(async () => {
  app = await startApp({
    sandbox: {
      setFaults: async () => {},
      faults: async () => [],
      objects: async () => ['x'],
      changeObject: async () => {},
    },
  });
  const made = await app.admin.call('POST', '/api/v1/tenants', { name: 'Other', slug: 'other' });
  strangersTenant = made.body.tenant_id;
  stranger = (await app.as('admin', strangersTenant)).api;
});
afterAll(() => app.close());

test('the sandbox is seeded once however often that is asked', async () => {
  const { tenant, account } = await seedSandbox(app.database.db);
  expect([tenant.tenantId, account.accountId]).toEqual([app.tenantId, app.accountId]);
  expect((await app.admin.get('/api/v1/tenants?slug=acme')).items).toEqual([
    expect.objectContaining({
      tenant_id: app.tenantId,
      name: 'Acme',
      status: 'active',
      max_environments: null,
    }),
  ]);
  expect((await app.admin.get(`/api/v1/accounts?tenant_id=${app.tenantId}&name=sandbox`)).items).toEqual([
    expect.objectContaining({ cloud_account_id: '100000000001', regions: ['eu-central-1', 'us-east-1'] }),
  ]);
});

test('tenants and accounts are made once per slug and name', async () => {
  const tenant = { name: 'Twice', slug: 'twice', max_environments: 3 };
  const first = await app.admin.call('POST', '/api/v1/tenants', tenant);
  expect(first.status).toBe(201);
  expect((await app.admin.call('GET', first.headers.get('location')!)).body).toEqual(first.body);
  expect(await app.admin.call('POST', '/api/v1/tenants', tenant)).toMatchObject({
    status: 409,
    body: { code: 'name_taken', detail: 'a tenant with the slug twice exists already' },
  });
  const account = {
    tenant_id: first.body.tenant_id,
    name: 'prod',
    provider: 'aws',
    cloud_account_id: '123456789012',
    regions: ['eu-west-1'],
  };
  const made = await app.admin.call('POST', '/api/v1/accounts', account);
  expect(made.status).toBe(201);
  expect((await app.admin.call('GET', made.headers.get('location')!)).body).toEqual({
    ...made.body,
    breakers: [],
  });
  expect((await app.admin.call('POST', '/api/v1/accounts', account)).body.detail).toBe(
    `tenant ${first.body.tenant_id} already has an account named prod`,
  );
});

describe("another tenant's thing", () => {
  const words = (answer: Answer) => JSON.stringify({ ...answer.body, request_id: '' });

  test('is "not found" byte for byte, for every call that names one', async () => {
    const made = await app.admin.call('POST', '/api/v1/environments', await app.admin.request());
    const { environment_id: environmentId, run_id: runId } = made.body;
    const planId = await awaitReview(app.database.db, { runId, environmentId });
    const approve = { plan_id: planId };
    const noEnvironment = `env_${'0'.repeat(26)}`;
    const noRun = `run_${'0'.repeat(26)}`;
    const calls: [string, string, string, string, unknown?][] = [
      ['GET', '/api/v1/environments/', '', environmentId],
      ['DELETE', '/api/v1/environments/', '', environmentId],
      ['POST', '/api/v1/environments/', '/retry', environmentId],
      ['GET', '/api/v1/environments/', '/events', environmentId],
      ['GET', '/api/v1/environments/', '/outputs', environmentId],
      ['GET', '/api/v1/sandbox/environments/', '/faults', environmentId],
      ['PUT', '/api/v1/sandbox/environments/', '/faults', environmentId, { faults: [] }],
      ['DELETE', '/api/v1/sandbox/environments/', '/faults', environmentId],
      ['GET', '/api/v1/sandbox/environments/', '/objects', environmentId],
      ['GET', '/api/v1/runs/', '', runId],
      ['GET', '/api/v1/runs/', '/plan', runId],
      ['GET', '/api/v1/runs/', '/logs', runId],
      ['POST', '/api/v1/runs/', '/approve', runId, approve],
      ['POST', '/api/v1/runs/', '/reject', runId],
      ['POST', '/api/v1/runs/', '/cancel', runId],
      ['GET', '/api/v1/tenants/', '', app.tenantId],
      ['GET', '/api/v1/accounts/', '', app.accountId],
    ];
    for (const [method, before, after, id, body] of calls) {
      const none = id.startsWith('env')
        ? noEnvironment
        : id.startsWith('run')
          ? noRun
          : `${id.slice(0, 4)}nope`;
      const theirs = await stranger.call(method, `${before}${id}${after}`, body);
      const nobodys = await stranger.call(method, `${before}${none}${after}`, body);
      expect([method, before, after, theirs.status, nobodys.status]).toEqual([
        method,
        before,
        after,
        404,
        404,
      ]);
      expect(words(theirs)).toBe(words(nobodys).replaceAll(none, id));
      expect((await app.admin.call('GET', `/api/v1/runs/${runId}`)).body.status).toBe('awaiting_review');
    }
  });

  test('is in no list, not even when it is asked for', async () => {
    await app.admin.call('POST', '/api/v1/environments', await app.admin.request());
    for (const path of ['environments', 'runs', 'accounts'])
      for (const query of ['', `?tenant_id=${app.tenantId}`])
        expect((await stranger.get(`/api/v1/${path}${query}`)).items).toEqual([]);
    const { items } = await stranger.get('/api/v1/tenants');
    expect(items.map((one: { slug: string }) => one.slug)).toEqual(['other']);
  });

  test('cannot be built in', async () => {
    const body = await app.admin.request();
    expect((await stranger.call('POST', '/api/v1/environments', body)).body.detail).toBe(
      `no tenant ${app.tenantId}`,
    );
    const inTheirAccount = { ...body, tenant_id: strangersTenant };
    expect((await stranger.call('POST', '/api/v1/environments', inTheirAccount)).body.detail).toBe(
      `no account ${app.accountId}`,
    );
    expect((await stranger.call('POST', '/api/v1/tenants', { name: 'New', slug: 'new' })).status).toBe(403);
  });
});

test('a token bound to a tenant need not name it', async () => {
  const { api } = await app.as('operator', app.tenantId);
  const { tenant_id: _tenantId, ...body } = await app.admin.request();
  expect((await api.call('POST', '/api/v1/environments', body)).body.tenant_id).toBe(app.tenantId);
});
