import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import type { Answer, Json } from '../support/api.js';
import { startApp, type AppUnderTest } from '../api/app-under-test.js';
import { awaitReview } from '../api/awaiting-review.js';
import { stepRun, toTheEnd } from '../api/run-steps.js';

let app: AppUnderTest;
let tenantId: string;
let accountId: string;
beforeAll(async () => {
  app = await startApp({ maxEnvironments: 10_000 });
});
afterAll(() => app.close());

const sandbox = {
  name: 'sandbox',
  provider: 'sandbox',
  cloud_account_id: '100000000002',
  regions: ['eu-central-1'],
};

/** A tenant of its own for each test. */
beforeEach(async () => {
  const slug = `t-${randomBytes(4).toString('hex')}`;
  tenantId = (await app.admin.call('POST', '/api/v1/tenants', { name: slug, slug })).body.tenant_id;
  const account = { ...sandbox, tenant_id: tenantId };
  accountId = (await app.admin.call('POST', '/api/v1/accounts', account)).body.account_id;
});

const at = () => `/api/v1/tenants/${tenantId}`;
const setQuota = (limits: Record<string, unknown>) => app.admin.call('PUT', `${at()}/quota`, limits);
const usage = async (): Promise<Json> => (await app.admin.get(`${at()}/quota`)).usage;
const spec = (cpu: string) => ({
  releases: [],
  ingress: { host: 'a.example.com' },
  quota: { cpu, memory: '4Gi', storage: '40Gi' },
});
const request = (over: Record<string, unknown> = {}, api = app.admin): Promise<Answer> => {
  const body = {
    tenant_id: tenantId,
    account_id: accountId,
    name: `e-${randomBytes(4).toString('hex')}`,
    region: 'eu-central-1',
    blueprint: 'app@1',
    spec: spec('2'),
    ...over,
  };
  return api.call('POST', '/api/v1/environments', body);
};
const refused = (what: string) => ({
  status: 422,
  body: {
    code: 'tenant_quota_exceeded',
    detail: `tenant ${tenantId} would have ${what}: ask for less, destroy an environment, or have the quota raised`,
  },
});

async function settle({ environment_id: environmentId, run_id: runId }: Json): Promise<void> {
  await awaitReview(app.database.db, { environmentId, runId });
  await stepRun(app.database.db, runId, ...toTheEnd);
}

describe('a limit of environments', () => {
  test('lets exactly as many pass, of a hundred requests at once', async () => {
    await setQuota({ environments: 7 });
    const callers = await Promise.all(Array.from({ length: 10 }, () => app.as('operator', tenantId)));
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, n) => request({}, callers[n % 10]?.api)),
    );
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(7);
    const others = answers.filter(({ status }) => status !== 202);
    expect(new Set(others.map(({ body }) => body.detail))).toEqual(
      new Set([refused('8 environments of 7').body.detail]),
    );
    expect(await usage()).toMatchObject({ environments: 7, cpu_cores: 14 });
  });

  test('refuses with what is limited, and leaves no trace', async () => {
    await setQuota({ environments: 0 });
    const count = async () =>
      (await app.database.db.query('select 1 from environments where tenant_id = $1', [tenantId])).rowCount;
    const answer = await request();
    expect(answer).toMatchObject(refused('1 environments of 0'));
    expect(answer.body.quota).toEqual([{ name: 'environments', limit: 0, wanted: 1, asked: 1 }]);
    expect(await count()).toBe(0);
  });

  test('has room again when one is destroyed', async () => {
    await setQuota({ environments: 1 });
    const { body } = await request();
    await settle(body);
    expect((await request()).status).toBe(422);
    const destroy = await app.admin.call('DELETE', `/api/v1/environments/${body.environment_id}`);
    expect((await request()).status).toBe(422);
    await settle(destroy.body);
    expect((await request()).status).toBe(202);
  });

  test('is the one that PATCH sets', async () => {
    await setQuota({ environments: 3, cpu_cores: 100 });
    expect((await app.admin.get(at())).max_environments).toBe(3);
    await app.admin.call('PATCH', at(), { max_environments: null });
    expect((await app.admin.get(`${at()}/quota`)).limits).toMatchObject({
      environments: null,
      cpu_cores: 100,
    });
  });
});

describe('limits of what environments ask for', () => {
  test('are told all at once', async () => {
    await setQuota({ cpu_cores: 3, memory_gb: 3.5, storage_gb: 60 });
    expect(await request()).toMatchObject(refused('4 GB of memory of 3.5'));
    await setQuota({ cpu_cores: 3, memory_gb: 7, storage_gb: 60 });
    expect((await request()).status).toBe(202);
    expect(await request()).toMatchObject(
      refused('4 CPU cores of 3, 8 GB of memory of 7, 80 GB of storage of 60'),
    );
  });

  test('count GPUs by the machines that may come', async () => {
    await setQuota({ gpu: 7 });
    const platform = (max: number) =>
      request({
        blueprint: 'platform@1',
        spec: { cluster: { gpu: { instance: 'g4dn.12xlarge', max } } },
      });
    expect(await platform(2)).toMatchObject({ status: 422 });
    expect((await platform(1)).body.detail ?? '').toBe('');
    expect(await usage()).toMatchObject({ gpu: 4 });
  });

  test('hold a change by what it adds, and let one who is over shrink', async () => {
    const { body } = await request();
    await settle(body);
    await setQuota({ cpu_cores: 3 });
    const patch = (cpu: string) =>
      app.admin.call(
        'PATCH',
        `/api/v1/environments/${body.environment_id}`,
        { spec: spec(cpu) },
        { 'if-match': '*' },
      );
    expect(await patch('4')).toMatchObject(refused('4 CPU cores of 3'));
    expect(await usage()).toMatchObject({ cpu_cores: 2 });
    await setQuota({ cpu_cores: 1 });
    const shrunk = await patch('1500m');
    expect(shrunk.status).toBe(202);
    expect(await usage()).toMatchObject({ cpu_cores: 1.5 });
    await settle(shrunk.body);
    const rollback = await app.admin.call('POST', `/api/v1/environments/${body.environment_id}/rollback`, {
      revision: 1,
    });
    expect(rollback).toMatchObject(refused('2 CPU cores of 1'));
    await setQuota({});
    expect(
      (await app.admin.call('POST', `/api/v1/environments/${body.environment_id}/rollback`, { revision: 1 }))
        .status,
    ).toBe(202);
    expect(await usage()).toMatchObject({ cpu_cores: 2 });
  });
});

describe('a quota', () => {
  test('is read with what is used; what is left out is no limit; costs are kept', async () => {
    const none = {
      environments: null,
      cpu_cores: null,
      memory_gb: null,
      storage_gb: null,
      gpu: null,
      runs_at_once: null,
      monthly_cost: null,
    };
    expect((await app.admin.get(`${at()}/quota`)).limits).toEqual(none);
    await request();
    const set = await setQuota({ runs_at_once: 2, monthly_cost: 99.5, weight: 3 });
    expect(set).toMatchObject({
      status: 200,
      body: {
        tenant_id: tenantId,
        weight: 3,
        limits: { ...none, runs_at_once: 2, monthly_cost: 99.5 },
        usage: {
          environments: 1,
          cpu_cores: 2,
          memory_gb: 4,
          storage_gb: 40,
          gpu: 0,
          runs_at_once: 0,
          monthly_cost: 0,
        },
      },
    });
    expect((await app.admin.call('GET', `${at()}/quota`)).body).toEqual(set.body);
    expect((await setQuota({})).body).toMatchObject({ weight: 1, limits: none });
  });

  test('of cost tells the newest estimates of live environments', async () => {
    const estimated = async (after: number): Promise<Json> => {
      const { body } = await request();
      const cost = { currency: 'USD', after, delta: after };
      const planId = await awaitReview(
        app.database.db,
        { environmentId: body.environment_id, runId: body.run_id },
        { cost },
      );
      return { ...body, planId };
    };
    const small = await estimated(10.1);
    const large = await estimated(20.25);
    await request();
    expect((await usage()).monthly_cost).toBe(30.35);
    await app.admin.call('POST', `/api/v1/runs/${large.run_id}/reject`, { plan_id: large.planId });
    expect((await usage()).monthly_cost).toBe(10.1);
    await app.database.db.query(`update runs set apply_started = true where run_id = $1`, [small.run_id]);
    await stepRun(app.database.db, small.run_id, ...toTheEnd);
    expect((await usage()).monthly_cost).toBe(10.1);
    await app.database.db.query(`update environments set status = 'destroyed' where environment_id = $1`, [
      small.environment_id,
    ]);
    expect((await usage()).monthly_cost).toBe(0);
  });

  test('that is wrong is refused field by field', async () => {
    const answer = await setQuota({
      environments: -1,
      cpu_cores: '4',
      gpu: 1.5,
      runs_at_once: 0,
      nodes: 3,
      weight: 0,
    });
    expect(answer.status).toBe(422);
    expect(answer.body.errors.map(({ path }: Json) => path).sort()).toEqual([
      'cpu_cores',
      'environments',
      'gpu',
      'nodes',
      'runs_at_once',
      'weight',
    ]);
  });

  test('is read by the tenant and set by others alone', async () => {
    const { api } = await app.as('admin', tenantId);
    expect((await api.call('GET', `${at()}/quota`)).status).toBe(200);
    expect((await api.call('PUT', `${at()}/quota`, { environments: 1000 })).status).toBe(403);
  });
});

test('a token has no more than its share, of twenty requests at once in two tenants', async () => {
  const few = await startApp({ maxEnvironments: 5 });
  try {
    const post = async (path: string, body: unknown) =>
      (await few.admin.call('POST', `/api/v1/${path}`, body)).body;
    const { tenant_id } = await post('tenants', { name: 'B', slug: 'b' });
    const { account_id } = await post('accounts', { ...sandbox, tenant_id });
    const first = await few.admin.request();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        few.admin.call('POST', '/api/v1/environments', {
          ...first,
          name: `e-${n}`,
          ...(n % 2 === 0 ? {} : { tenant_id, account_id }),
        }),
      ),
    );
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(5);
    expect(new Set(answers.flatMap(({ body }) => body.detail ?? []))).toEqual(
      new Set([
        '5 environments are the most that this token may own (MAX_ENVIRONMENTS_PER_USER); destroy one first',
      ]),
    );
  } finally {
    await few.close();
  }
});

test('regions are those of the account that ALLOWED_REGIONS leaves', async () => {
  const narrow = await startApp({ allowedRegions: ['us-east-1', 'eu-west-1'] });
  try {
    const { admin } = narrow;
    const ask = async (over: Record<string, unknown>) =>
      admin.call('POST', '/api/v1/environments', { ...(await admin.request()), ...over });
    expect((await ask({ account_id: narrow.accountId, region: 'us-east-1' })).status).toBe(202);
    expect(await ask({ account_id: narrow.accountId, region: 'eu-central-1' })).toMatchObject({
      status: 422,
      body: {
        code: 'region_not_allowed',
        detail: 'region eu-central-1 is not allowed: use one of: us-east-1',
        errors: [{ path: 'region', message: 'use one of: us-east-1' }],
      },
    });
    const away = { ...sandbox, tenant_id: narrow.tenantId, name: 'away', regions: ['ap-south-1'] };
    const { account_id } = (await admin.call('POST', '/api/v1/accounts', away)).body;
    expect((await ask({ account_id, region: 'ap-south-1' })).body.detail).toBe(
      'region ap-south-1 is not allowed: none is left by ALLOWED_REGIONS',
    );
  } finally {
    await narrow.close();
  }
});
