import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { claimOne } from '../support/claim.js';
import { advanceOffboardings } from '../../src/tenant/offboarding.js';
import type { Answer, Json } from '../support/api.js';
import { startApp, type AppUnderTest } from '../api/app-under-test.js';
import { awaitReview } from '../api/awaiting-review.js';
import { stepRun, toTheEnd } from '../api/run-steps.js';

let app: AppUnderTest;
let tenantId: string;
let accountId: string;
let slug: string;
beforeAll(async () => {
  app = await startApp({ maxEnvironments: 1000 });
});
afterAll(() => app.close());

beforeEach(async () => {
  slug = `t-${randomBytes(4).toString('hex')}`;
  tenantId = (await post('tenants', { name: slug, slug })).body.tenant_id;
  accountId = (await post('accounts', account())).body.account_id;
});

const account = () => ({
  tenant_id: tenantId,
  name: `a-${randomBytes(4).toString('hex')}`,
  provider: 'sandbox',
  cloud_account_id: '100000000002',
  regions: ['eu-central-1'],
});
const at = () => `/api/v1/tenants/${tenantId}`;
const post = (path: string, body: unknown = {}): Promise<Answer> =>
  app.admin.call('POST', `/api/v1/${path}`, body);
const toTenant = (action: string, body: unknown = {}) => app.admin.call('POST', `${at()}/${action}`, body);
const request = (over: Record<string, unknown> = {}): Promise<Answer> =>
  post('environments', {
    tenant_id: tenantId,
    account_id: accountId,
    name: `e-${randomBytes(4).toString('hex')}`,
    region: 'eu-central-1',
    blueprint: 'app@1',
    spec: { releases: [], ingress: { host: 'a.example.com' } },
    ...over,
  });
const refused = (code: string, detail: string) => ({ status: 409, body: { code, detail } });
const run = (runId: string): Promise<Json> => app.admin.get(`/api/v1/runs/${runId}`);
const claim = (runId: string, from: 'queued' | 'approved' = 'queued') =>
  claimOne(app.database.db, {
    runId,
    from,
    to: from === 'queued' ? 'planning' : 'applying',
    owner: 'worker',
    leaseSeconds: 60,
  });

/** Brings an environment's queued run to its good end, as a worker and a reviewer would. */
async function settle({ environment_id: environmentId, run_id: runId }: Json): Promise<void> {
  await awaitReview(app.database.db, { environmentId, runId });
  await stepRun(app.database.db, runId, ...toTheEnd);
}

async function jobsOf(runId: string): Promise<number> {
  const { rowCount } = await app.database.db.query(`select 1 from outbox where payload ->> 'run_id' = $1`, [
    runId,
  ]);
  return rowCount ?? 0;
}

describe('a tenant', () => {
  test('is renamed; its slug stays', async () => {
    const answer = await app.admin.call('PATCH', at(), { name: ' New name ' });
    expect(answer).toMatchObject({ status: 200, body: { name: 'New name', slug, status: 'active' } });
    expect(await app.admin.get(at())).toEqual(answer.body);
    expect((await app.admin.call('PATCH', at(), { name: 'x', slug: 'other' })).body.errors).toMatchObject([
      { path: 'slug' },
    ]);
    expect((await app.admin.call('PATCH', at(), {})).body.detail).toBe(
      'the body: must name something to change',
    );
  });

  test('is changed by nobody who is bound to it', async () => {
    const { api } = await app.as('admin', tenantId);
    for (const [method, path] of [
      ['PATCH', ''],
      ['POST', '/suspend'],
      ['POST', '/resume'],
      ['POST', '/offboard'],
    ])
      expect((await api.call(method!, `${at()}${path}`, {})).status).toBe(403);
  });
});

describe('a suspended tenant', () => {
  test('takes no new run of any kind, and everything can be read', async () => {
    const { body: made } = await request();
    await settle(made);
    expect((await toTenant('suspend')).body).toMatchObject({
      status: 'suspended',
      allowed_actions: ['change', 'resume', 'offboard'],
    });
    const is = refused(
      'tenant_not_active',
      `tenant ${tenantId} is suspended: no new runs until it is resumed`,
    );
    const one = `/api/v1/environments/${made.environment_id}`;
    expect(await request()).toMatchObject(is);
    expect(await app.admin.call('DELETE', one)).toMatchObject(is);
    const change = { spec: { ingress: { host: 'b.example.com' } } };
    expect(await app.admin.call('PATCH', one, change, { 'if-match': '*' })).toMatchObject(is);
    expect(await app.admin.get(one)).toMatchObject({ status: 'ready', revision: 1 });
    expect((await toTenant('resume')).body.status).toBe('active');
    expect((await app.admin.call('DELETE', one)).status).toBe(202);
  });

  test('lets what has begun go on, holds what has not, and goes on with it when it is resumed', async () => {
    const [begun, waiting] = [(await request()).body, (await request()).body];
    await claim(begun.run_id);
    await toTenant('suspend');
    expect(await claim(waiting.run_id)).toBeNull();
    expect(await run(waiting.run_id)).toMatchObject({
      status: 'queued',
      blocked_by: `tenant ${tenantId} is suspended`,
    });
    await stepRun(app.database.db, begun.run_id, 'approved');
    expect(await claim(begun.run_id, 'approved')).toMatchObject({ status: 'applying' });
    await stepRun(app.database.db, begun.run_id, 'verifying', 'succeeded');
    const jobs = await jobsOf(waiting.run_id);
    await toTenant('resume');
    expect(await jobsOf(waiting.run_id)).toBe(jobs + 1);
    expect(await run(waiting.run_id)).toMatchObject({ blocked_by: 'a free worker' });
    expect(await claim(waiting.run_id)).toMatchObject({ status: 'planning' });
  });

  test('is not suspended twice, and an active one not resumed', async () => {
    expect(await toTenant('resume')).toMatchObject(
      refused('action_not_allowed', `tenant ${tenantId} is active: resume is not possible`),
    );
    await toTenant('suspend');
    const again = await toTenant('suspend');
    expect(again).toMatchObject(
      refused('action_not_allowed', `tenant ${tenantId} is suspended: suspend is not possible`),
    );
    expect(again.body.allowed_actions).toEqual(['change', 'resume', 'offboard']);
  });
});

describe('runs at once', () => {
  test('are claimed up to the limit, of twenty workers at once; others wait and say for what', async () => {
    await app.admin.call('PUT', `${at()}/quota`, { runs_at_once: 2 });
    const runs: string[] = [];
    for (let n = 0; n < 6; n++) runs.push((await request()).body.run_id);
    const claims = await Promise.all(Array.from({ length: 24 }, (_, n) => claim(runs[n % 6]!)));
    const taken = claims.flatMap((one) => one?.runId ?? []);
    expect(taken).toHaveLength(2);
    const held = runs.find((runId) => !taken.includes(runId))!;
    const text = `the quota of tenant ${tenantId}: 2 of 2 runs at once`;
    expect(await run(held)).toMatchObject({ status: 'queued', blocked_by: text });
    expect(await app.admin.get(`${at()}/quota`)).toMatchObject({ usage: { runs_at_once: 2 } });
    await stepRun(app.database.db, taken[0]!, 'failed');
    expect(await claim(held)).toMatchObject({ status: 'planning' });
  });

  test('that wait are sent to the queue again when the limit is raised', async () => {
    await app.admin.call('PUT', `${at()}/quota`, { runs_at_once: 1 });
    const { run_id: runId } = (await request()).body;
    const jobs = await jobsOf(runId);
    await app.admin.call('PUT', `${at()}/quota`, { runs_at_once: 2 });
    expect(await jobsOf(runId)).toBe(jobs + 1);
  });
});

describe('a tenant that leaves', () => {
  const offboard = (over: Record<string, unknown> = {}) => toTenant('offboard', { confirm: slug, ...over });
  const progress = (): Promise<Json> => app.admin.get(`${at()}/offboarding`);

  test('must be named, and its protected environments are not touched without force', async () => {
    const { body: made } = await request({ name: 'precious', deletion_protection: true });
    await settle(made);
    expect(await toTenant('offboard', { confirm: 'acme' })).toMatchObject({
      status: 422,
      body: {
        detail: `confirm: must be the slug of the tenant, ${slug}: all its environments are destroyed`,
      },
    });
    const guarded = await offboard();
    expect(guarded).toMatchObject(
      refused(
        'deletion_protected',
        `1 environments of tenant ${tenantId} have deletion protection: precious; switch it off, or offboard with force`,
      ),
    );
    expect(guarded.body.environment_ids).toEqual([made.environment_id]);
    expect(await app.admin.get(at())).toMatchObject({ status: 'active' });
    expect((await offboard({ force: true })).body).toMatchObject({
      force: true,
      remaining: [{ environment_id: made.environment_id, run_kind: 'destroy', run_status: 'queued' }],
    });
  });

  test('has every environment destroyed by a run, then is archived', async () => {
    const ready = (await request()).body;
    await settle(ready);
    const waiting = (await request()).body;
    const working = (await request()).body;
    await claim(working.run_id);
    const token = await app.as('operator', tenantId);
    const begun = await offboard({ review: 'auto' });
    expect(begun).toMatchObject({
      status: 202,
      body: {
        status: 'offboarding',
        requested_by: 'admin-token',
        environments: { destroyed: 0, remaining: 3 },
      },
    });
    const kinds = () =>
      progress().then(({ remaining }) => remaining.map((one: Json) => [one.run_kind, one.run_status]));
    expect(await kinds()).toEqual([
      ['destroy', 'queued'],
      ['destroy', 'queued'],
      ['create', 'planning'],
    ]);
    expect(await run(waiting.run_id)).toMatchObject({
      status: 'canceled',
      error: { message: `the run was canceled: tenant ${tenantId} is being offboarded` },
    });
    await stepRun(app.database.db, working.run_id, 'failed');
    await advanceOffboardings(app.database.db);
    expect((await kinds())[2]).toEqual(['destroy', 'queued']);
    const left = (await progress()).remaining;
    expect((await run(left[0].run_id)).review.mode).toBe('auto');
    for (const one of left) await settle(one);
    expect(await progress()).toMatchObject({
      status: 'offboarding',
      environments: { destroyed: 3, remaining: 0 },
    });
    await advanceOffboardings(app.database.db);
    expect(await progress()).toMatchObject({
      status: 'offboarded',
      environments: { destroyed: 3, remaining: 0 },
      resources: 0,
      remaining: [],
      offboarded_at: expect.any(String),
    });
    expect((await token.api.call('GET', at())).status).toBe(401);
    expect((await app.admin.get(`/api/v1/accounts?tenant_id=${tenantId}`)).items).toEqual([]);
    const { rowCount } = await app.database.db.query(
      'select 1 from environment_secrets s join environments e using (environment_id) where e.tenant_id = $1',
      [tenantId],
    );
    expect(rowCount).toBe(0);
    const listed = async (query: string) =>
      (await app.admin.get(`/api/v1/tenants?limit=200&${query}`)).items.map((one: Json) => one.tenant_id);
    expect(await listed('')).not.toContain(tenantId);
    expect(await listed('status=offboarded')).toContain(tenantId);
    const audit = await app.admin.get(`/api/v1/audit?tenant_id=${tenantId}&action=tenant_offboarded`);
    expect(audit.items).toHaveLength(1);
  });

  test('gets nothing new, neither while it leaves nor after', async () => {
    const { body: made } = await request();
    await settle(made);
    await offboard();
    const only = refused(
      'tenant_not_active',
      `tenant ${tenantId} is being offboarded: only destroy runs are possible`,
    );
    expect(await request()).toMatchObject(only);
    const nothing = refused(
      'tenant_not_active',
      `tenant ${tenantId} is being offboarded: nothing new is made in it`,
    );
    expect(await post('accounts', account())).toMatchObject(nothing);
    expect(await post('tokens', { tenant_id: tenantId, name: 'n', role: 'viewer' })).toMatchObject(nothing);
    for (const one of (await progress()).remaining) await settle(one);
    await advanceOffboardings(app.database.db);
    const gone = refused('tenant_not_active', `tenant ${tenantId} was offboarded: nothing new is made in it`);
    expect(await post('accounts', account())).toMatchObject(gone);
    expect(await app.admin.call('PUT', `${at()}/quota`, {})).toMatchObject(
      refused('action_not_allowed', `tenant ${tenantId} is offboarded: change is not possible`),
    );
  });

  test('has a failed destroy run tried again only when it is asked again', async () => {
    const { body: made } = await request();
    await settle(made);
    await offboard();
    const first = (await progress()).remaining[0].run_id;
    await stepRun(app.database.db, first, 'planning', 'failed');
    await advanceOffboardings(app.database.db);
    expect((await progress()).remaining).toMatchObject([{ run_id: first, run_status: 'failed' }]);
    const again = await offboard();
    expect(again.body.remaining[0].run_id).not.toBe(first);
    expect(again.body.remaining[0].run_status).toBe('queued');
  });

  test('is not archived while a last state holds resources', async () => {
    const { body: made } = await request();
    await settle(made);
    await offboard();
    const [{ run_id: runId }] = (await progress()).remaining;
    await settle((await progress()).remaining[0]);
    const state = (serial: number, resources: number) =>
      app.database.db.query(
        `insert into state_versions (state_version_id, environment_id, serial, lineage, sha256, size_bytes,
           resource_count, ciphertext, key_id, run_id, epoch) values ($1, $2, $3, 'l', '', 0, $4, '', 'k', $5, 1)`,
        [`sv_${serial}_${runId}`, made.environment_id, serial, resources, runId],
      );
    await state(1, 3);
    await advanceOffboardings(app.database.db);
    expect(await progress()).toMatchObject({
      status: 'offboarding',
      resources: 3,
      environments: { remaining: 0 },
    });
    await state(2, 0);
    await advanceOffboardings(app.database.db);
    expect(await progress()).toMatchObject({ status: 'offboarded', resources: 0 });
  });

  test('stays when it is resumed; what has begun to be destroyed goes on', async () => {
    const { body: made } = await request();
    await settle(made);
    await offboard();
    expect((await toTenant('resume')).body.status).toBe('active');
    await advanceOffboardings(app.database.db);
    expect(await progress()).toMatchObject({ status: 'active', requested_at: null });
    expect((await request()).status).toBe(202);
  });

  test('without environments is gone at once', async () => {
    expect((await offboard()).body).toMatchObject({
      status: 'offboarded',
      environments: { destroyed: 0, remaining: 0 },
    });
  });

  test('gets one destroy run for each environment, of ten processes that look at once', async () => {
    for (let n = 0; n < 3; n++) await settle((await request()).body);
    await app.database.db.query(
      `update tenants set status = 'offboarding', offboarding_at = now(), offboarding_by = 'x', offboarding_by_id = 'x'
       where tenant_id = $1`,
      [tenantId],
    );
    await Promise.all(Array.from({ length: 10 }, () => advanceOffboardings(app.database.db)));
    const runs = await app.admin.get(`/api/v1/runs?tenant_id=${tenantId}&kind=destroy`);
    expect(runs.items).toHaveLength(3);
  });
});

describe('the provisioning status', () => {
  test('counts, names what waits longest and what failed last', async () => {
    const [first, second, third] = [(await request()).body, (await request()).body, (await request()).body];
    await stepRun(app.database.db, first.run_id, 'planning');
    const error = {
      code: 'plan_failed',
      message: 'no plan',
      blame: 'tenant_cloud',
      retryable: false,
      step: 'plan',
    };
    await app.database.db.query('update runs set error = $2 where run_id = $1', [first.run_id, error]);
    await stepRun(app.database.db, first.run_id, 'failed');
    await settle(second);
    expect(await app.admin.get(`${at()}/provisioning-status`)).toEqual({
      tenant_id: tenantId,
      environments: { failed: 1, queued: 1, ready: 1 },
      runs: { queued: 1 },
      oldest_waiting_run: expect.objectContaining({
        run_id: third.run_id,
        environment_name: third.name,
        blocked_by: 'a free worker',
      }),
      last_failures: [
        expect.objectContaining({
          run_id: first.run_id,
          environment_name: first.name,
          kind: 'create',
          error,
        }),
      ],
    });
  });

  test('of a tenant without anything is empty', async () => {
    expect(await app.admin.get(`${at()}/provisioning-status`)).toEqual({
      tenant_id: tenantId,
      environments: {},
      runs: {},
      oldest_waiting_run: null,
      last_failures: [],
    });
  });
});
