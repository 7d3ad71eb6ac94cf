import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startApp, type AppUnderTest } from '../api/app-under-test.js';
import type { Json } from '../support/api.js';
import { applyRole, customer, planRole } from '../support/fake-aws/customer.js';
import { startFakeAws, type FakeAws } from '../support/fake-aws/server.js';
import { Refusal, type FakeAccount } from '../support/fake-aws/world.js';

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

/** An account of the tenant, and its counterpart in the cloud. */
async function connect(cloud: (externalId: string) => FakeAccount, over: Record<string, unknown> = {}) {
  const id = String(200_000_000_000 + ++made);
  const { body } = await app.admin.call('POST', '/api/v1/accounts', {
    tenant_id: app.tenantId,
    name: `prod-${made}`,
    provider: 'aws',
    cloud_account_id: id,
    regions: ['eu-central-1'],
    plan_role_arn: planRole(id),
    apply_role_arn: applyRole(id),
    ...over,
  });
  const path = `/api/v1/accounts/${body.account_id}`;
  const { external_id: externalId } = await app.admin.get(`${path}/external-id`);
  aws.put(id, cloud(externalId));
  return { id, path, externalId: externalId as string, accountId: body.account_id as string };
}

const verify = async (path: string) => (await app.admin.call('POST', `${path}/verify`)).body;
const statusOf = (found: Json) =>
  Object.fromEntries(found.checks.map((check: Json) => [check.name, check.code ?? check.status]));
const requestIn = (accountId: string) =>
  app.admin
    .request({ account_id: accountId, tenant_id: app.tenantId })
    .then((body) => app.admin.call('POST', '/api/v1/environments', body));

test('an account is used once its roles have proven to be for Terrace alone', async () => {
  const { path, accountId, id } = await connect((externalId) => customer(externalId));
  expect(await requestIn(accountId)).toMatchObject({
    status: 422,
    body: {
      code: 'account_not_usable',
      detail: `account ${accountId} is not connected: aws accounts need verification`,
    },
  });
  const found = await verify(path);
  expect(found).toMatchObject({ account_id: accountId, verified: true });
  expect(statusOf(found)).toMatchObject({
    assume_plan_role: 'passed',
    plan_role_refuses_no_external_id: 'passed',
    plan_role_refuses_wrong_external_id: 'passed',
    plan_role_identity: 'passed',
    assume_apply_role: 'passed',
    apply_role_refuses_no_external_id: 'passed',
    apply_role_refuses_wrong_external_id: 'passed',
    apply_role_identity: 'passed',
    'region_enabled:eu-central-1': 'passed',
  });
  expect((await app.admin.get(path)).verified_at).toBe(found.checked_at);
  expect(await app.admin.get(`${path}/verification`)).toEqual(found);
  expect((await requestIn(accountId)).status).toBe(202);
  expect(aws.world.calls.filter(({ account }) => account === id).map(({ action }) => action)).toContain(
    'GetCallerIdentity',
  );
});

test('a role that anybody could reach through Terrace is refused: the confused deputy', async () => {
  const { path, accountId } = await connect(() => customer(null));
  const found = await verify(path);
  expect(found.verified).toBe(false);
  expect(found.checks.find((check: Json) => check.name === 'plan_role_refuses_no_external_id')).toEqual({
    name: 'plan_role_refuses_no_external_id',
    status: 'failed',
    code: 'external_id_not_required',
    message:
      'the role can be assumed without an external id: anybody who may call Terrace could reach this account; add the condition StringEquals sts:ExternalId to its trust policy',
    metadata: {},
  });
  expect(statusOf(found).apply_role_refuses_wrong_external_id).toBe('external_id_not_required');
  expect((await requestIn(accountId)).body.code).toBe('account_not_usable');
});

test('a role that does not take the external id is told, with what to check', async () => {
  const { path, id } = await connect(() => customer('somebody-elses'));
  const found = await verify(path);
  expect(found.verified).toBe(false);
  expect(found.checks).toHaveLength(2);
  expect(found.checks[0]).toMatchObject({
    name: 'assume_plan_role',
    status: 'failed',
    code: 'role_not_assumable',
    message: `role ${planRole(id)} cannot be assumed: check that it exists and that its trust policy names the control account and the external id`,
  });
});

test('a region that is not enabled fails, and one that AWS does not have', async () => {
  const { path } = await connect((externalId) => customer(externalId, { optedIn: ['eu-south-1'] }), {
    regions: ['eu-central-1', 'eu-south-1', 'af-south-1', 'xx-nowhere-1'],
  });
  const found = await verify(path);
  expect(statusOf(found)).toMatchObject({
    'region_enabled:eu-central-1': 'passed',
    'region_enabled:eu-south-1': 'passed',
    'region_enabled:af-south-1': 'region_not_enabled',
    'region_enabled:xx-nowhere-1': 'region_not_enabled',
  });
  expect(found.verified).toBe(false);
});

test('a cloud that does not answer proves nothing, for or against', async () => {
  const { path } = await connect((externalId) => customer(externalId));
  const first = await verify(path);
  expect(first.verified).toBe(true);
  for (let at = 0; at < 6; at++) aws.failNext('AssumeRole', new Refusal('Throttling', 'Rate exceeded', 400));
  const second = await verify(path);
  expect(statusOf(second)).toEqual({
    assume_plan_role: 'cloud_unavailable',
    assume_apply_role: 'cloud_unavailable',
  });
  expect(second.verified).toBe(true);
  expect((await app.admin.get(path)).verified_at).toBe(first.checked_at);
});

test('roles that are not made yet are named', async () => {
  const { path } = await connect((externalId) => customer(externalId), {
    plan_role_arn: null,
    apply_role_arn: null,
  });
  expect((await verify(path)).checks.map((check: Json) => check.message)).toEqual([
    'plan_role_arn is not set: make the role, then set it',
    'apply_role_arn is not set: make the role, then set it',
  ]);
});
