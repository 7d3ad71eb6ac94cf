import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startApp, type AppUnderTest } from '../api/app-under-test.js';
import { applyRole, customer, planRole } from '../support/fake-aws/customer.js';
import { startFakeAws, type FakeAws } from '../support/fake-aws/server.js';

let aws: FakeAws;
let app: AppUnderTest;
beforeAll(async () => {
  aws = await startFakeAws();
  app = await startApp({ aws });
});
afterAll(async () => {
  await app.close();
  await aws.close();
});

let made = 0;
async function account(over: Record<string, unknown> = {}) {
  const id = String(250_000_000_000 + ++made);
  const answer = await app.admin.call('POST', '/api/v1/accounts', {
    tenant_id: app.tenantId,
    name: `account-${made}`,
    provider: 'aws',
    cloud_account_id: id,
    regions: ['eu-central-1'],
    plan_role_arn: planRole(id),
    apply_role_arn: applyRole(id),
    ...over,
  });
  return {
    id,
    answer,
    path: `/api/v1/accounts/${answer.body.account_id}`,
    accountId: answer.body.account_id,
  };
}

test('an account tells all that it was given, and no external id', async () => {
  const given = {
    chain_role_arns: ['arn:aws:iam::999999999999:role/hub'],
    cluster: { kind: 'kubeconfig', secret_ref: 'prod.yaml' },
    state: { kind: 's3', bucket: 'terrace-state', region: 'eu-central-1' },
  };
  const { answer, path } = await account(given);
  expect(answer.status).toBe(201);
  expect(answer.body).toMatchObject({
    ...given,
    state: { ...given.state, kms_key_arn: null },
    verified_at: null,
    external_id_rotating: false,
  });
  expect(JSON.stringify([answer.body, await app.admin.get(path)])).not.toContain('terrace-0');
  const { external_id: id } = await app.admin.get(`${path}/external-id`);
  expect(id).toMatch(/^terrace-[0-9a-f]{64}$/);
  expect(JSON.stringify(await app.admin.get(path))).not.toContain(id);
});

test('two accounts never share an external id', async () => {
  const ids = await Promise.all(
    [account(), account()].map(
      async (one) => (await app.admin.get(`${(await one).path}/external-id`)).external_id,
    ),
  );
  expect(new Set(ids).size).toBe(2);
});

test.each([
  [{ plan_role_arn: 'arn:aws:iam::111111111111:role/x' }, 'plan_role_arn', /^must be a role of account 25/],
  [{ apply_role_arn: 'role/x' }, 'apply_role_arn', /^must be a role such as/],
  [{ cluster: { kind: 'kubeconfig', secret_ref: '../other' } }, 'cluster.secret_ref', /name of a secret/],
  [{ state: { kind: 's3', bucket: 'B', region: 'eu-west-1' } }, 'state.bucket', /name of a bucket/],
  [{ provider: 'sandbox' }, 'plan_role_arn', /^is for aws accounts only$/],
])('%j is refused', async (over, path, message) => {
  const { answer } = await account(over);
  expect(answer.status).toBe(422);
  expect(answer.body.errors).toContainEqual({ path, message: expect.stringMatching(message) });
});

describe('a change', () => {
  test('of what was proven has to be proven anew; of the name not', async () => {
    const { path, id } = await account();
    const { external_id: externalId } = await app.admin.get(`${path}/external-id`);
    aws.put(id, customer(externalId));
    const { checked_at: at } = (await app.admin.call('POST', `${path}/verify`)).body;
    const renamed = await app.admin.call('PATCH', path, { name: 'renamed' });
    expect(renamed.body).toMatchObject({ name: 'renamed', verified_at: at });
    const moved = await app.admin.call('PATCH', path, { plan_role_arn: applyRole(id) });
    expect(moved.body).toMatchObject({ plan_role_arn: applyRole(id), name: 'renamed', verified_at: null });
  });

  test('to a name that is taken, or of another tenant, is refused', async () => {
    const [one, other] = [await account(), await account()];
    const taken = await app.admin.call('PATCH', one.path, { name: other.answer.body.name });
    expect(taken).toMatchObject({ status: 409, body: { code: 'name_taken' } });
    const tenant = await app.admin.call('POST', '/api/v1/tenants', { name: 'Far', slug: 'far' });
    const { api } = await app.as('admin', tenant.body.tenant_id);
    for (const [method, path] of [
      ['PATCH', one.path],
      ['DELETE', one.path],
      ['POST', `${one.path}/verify`],
      ['GET', `${one.path}/external-id`],
      ['POST', `${one.path}/external-id/rotate`],
      ['POST', `${one.path}/external-id/confirm`],
      ['GET', `${one.path}/verification`],
    ] as const) {
      const refused = await api.call(method, path, method === 'PATCH' ? { name: 'mine' } : undefined);
      expect([refused.status, refused.body.detail]).toEqual([404, `no account ${one.accountId}`]);
    }
  });
});

describe('an account with environments', () => {
  test('keeps its cluster and its state, and is not deleted before they are gone', async () => {
    const cluster = { kind: 'eks', name: 'shop' };
    const { path, id, accountId } = await account({ cluster });
    const { external_id: externalId } = await app.admin.get(`${path}/external-id`);
    const clusters = { shop: { endpoint: aws.endpoint, certificateAuthority: 'PEM' } };
    aws.put(id, customer(externalId, { clusters }));
    expect((await app.admin.call('POST', `${path}/verify`)).body.verified).toBe(true);
    const request = await app.admin.request({ account_id: accountId, tenant_id: app.tenantId });
    const { body } = await app.admin.call('POST', '/api/v1/environments', request);
    expect(await app.admin.call('DELETE', path)).toMatchObject({
      status: 409,
      body: {
        code: 'account_in_use',
        detail: `account ${accountId} has 1 environments that are not destroyed: destroy them first`,
      },
    });
    const state = { kind: 's3', bucket: 'terrace-state', region: 'eu-central-1' };
    expect((await app.admin.call('PATCH', path, { state, cluster: null })).body).toMatchObject({
      code: 'account_in_use',
      detail: `state and cluster of account ${accountId} cannot change while 1 environments live in it`,
    });
    expect((await app.admin.call('PATCH', path, { cluster })).status).toBe(200);
    await app.database.db.query(`update environments set status = 'destroyed' where environment_id = $1`, [
      body.environment_id,
    ]);
    expect((await app.admin.call('DELETE', path)).body).toEqual({ account_id: accountId, deleted: true });
  });
});

test('a deleted account is gone, and its name is free', async () => {
  const { path, answer, accountId } = await account();
  expect((await app.admin.call('DELETE', path)).status).toBe(200);
  expect((await app.admin.call('GET', path)).status).toBe(404);
  expect((await app.admin.call('DELETE', path)).status).toBe(404);
  expect((await app.admin.get(`/api/v1/accounts?name=${answer.body.name}`)).items).toEqual([]);
  const { rows } = await app.database.db.query('select external_id from accounts where account_id = $1', [
    accountId,
  ]);
  expect(rows).toEqual([{ external_id: null }]);
  expect((await account({ name: answer.body.name })).answer.status).toBe(201);
});

test('an external id is rotated while both are valid, and confirmed once the roles take the new one', async () => {
  const { path, id } = await account();
  const confirm = () => app.admin.call('POST', `${path}/external-id/confirm`);
  expect((await confirm()).body.code).toBe('action_not_allowed');
  const { external_id: former } = await app.admin.get(`${path}/external-id`);
  aws.put(id, customer(former));
  await app.admin.call('POST', `${path}/verify`);
  const { body: ids } = await app.admin.call('POST', `${path}/external-id/rotate`);
  expect(ids).toEqual({ external_id: former, next_external_id: expect.stringMatching(/^terrace-/) });
  const again = await app.admin.call('POST', `${path}/external-id/rotate`);
  expect(again.body).toEqual(ids);

  expect(await confirm()).toMatchObject({
    status: 502,
    body: {
      code: 'role_not_assumable',
      detail: expect.stringMatching(/^the new external id is not in use yet: role /),
    },
  });
  expect(await app.admin.get(path)).toMatchObject({
    external_id_rotating: true,
    verified_at: expect.any(String),
  });
  aws.put(id, customer([former, ids.next_external_id]));
  expect((await app.admin.call('POST', `${path}/verify`)).body.verified).toBe(true);
  aws.put(id, customer(ids.next_external_id));
  expect((await app.admin.call('POST', `${path}/verify`)).body.verified).toBe(true);
  const confirmed = { external_id: ids.next_external_id, next_external_id: null };
  expect((await confirm()).body).toEqual(confirmed);
  expect(await app.admin.get(`${path}/external-id`)).toEqual(confirmed);
});

test('a sandbox account has nothing to prove', async () => {
  const path = `/api/v1/accounts/${app.accountId}`;
  for (const call of ['verify', 'external-id/rotate'])
    expect(await app.admin.call('POST', `${path}/${call}`)).toMatchObject({
      status: 422,
      body: { detail: `account ${app.accountId} is a sandbox account: it has no roles to prove` },
    });
});
