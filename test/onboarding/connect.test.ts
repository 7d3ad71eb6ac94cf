/** A customer who installs what the onboarding says, and nothing else, against the stand-in for AWS. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Role } from '../../src/access/rights.js';
import { startApp, type AppUnderTest } from '../api/app-under-test.js';
import type { Policy } from '../support/fake-aws/policy.js';
import { controlAccount, startFakeAws, type FakeAws } from '../support/fake-aws/server.js';

const templateUrl = 'https://templates.s3.amazonaws.com/terrace.json';
let aws: FakeAws;
let app: AppUnderTest;
beforeAll(async () => {
  aws = await startFakeAws();
  const settings = { CONTROL_ACCOUNT_ID: controlAccount, ONBOARDING_TEMPLATE_URL: templateUrl };
  app = await startApp({ aws, settings });
});
afterAll(async () => {
  await app.close();
  await aws.close();
});

interface Documents {
  readonly roles: readonly {
    readonly name: string;
    readonly role_arn: string;
    readonly trust_policy: Policy;
    readonly policies: readonly { readonly document: Policy }[];
  }[];
}

let made = 0;
async function account() {
  const id = String(260_000_000_000 + ++made);
  const { body } = await app.admin.call('POST', '/api/v1/accounts', {
    tenant_id: app.tenantId,
    name: `onboarded-${made}`,
    provider: 'aws',
    cloud_account_id: id,
    regions: ['eu-central-1'],
  });
  const path = `/api/v1/accounts/${body.account_id}`;
  const documents = (await app.admin.get(`${path}/onboarding`)) as Documents & Record<string, string>;
  const [plan, apply] = documents.roles;
  await app.admin.call('PATCH', path, { plan_role_arn: plan?.role_arn, apply_role_arn: apply?.role_arn });
  const install = (change: (trust: Policy) => Policy = (trust) => trust) =>
    aws.put(id, {
      roles: Object.fromEntries(
        documents.roles.map(({ name, trust_policy: trust, policies }) => [
          name,
          {
            trust: change(trust),
            permissions: {
              Version: '2012-10-17',
              Statement: policies.flatMap(({ document }) => document.Statement),
            },
          },
        ]),
      ),
    });
  const verify = async () =>
    (await app.admin.call('POST', `${path}/verify`)).body as {
      verified: boolean;
      checks: { name: string; status: string; code: string | null; message: string }[];
    };
  return { id, path, documents, install, verify };
}

test('roles as the onboarding says make an account that is verified, with no right lacking', async () => {
  const { install, verify } = await account();
  install();
  const { verified, checks } = await verify();
  expect(checks.filter(({ status, name }) => status !== 'passed' && !name.startsWith('quota_vcpu'))).toEqual(
    [],
  );
  expect(verified).toBe(true);
  const names = checks.map(({ name }) => name);
  for (const name of [
    'plan_role_refuses_no_external_id',
    'apply_role_refuses_wrong_external_id',
    'plan_role_actions',
    'apply_role_actions',
  ])
    expect(names).toContain(name);
});

test('the same roles without the external id are refused', async () => {
  const { install, verify } = await account();
  install(({ Version, Statement }) => ({
    Version,
    Statement: Statement.map(({ Condition, ...rest }) =>
      JSON.stringify(Condition).includes('sts:ExternalId') ? rest : { ...rest, Condition },
    ),
  }));
  const { verified, checks } = await verify();
  expect(verified).toBe(false);
  expect(checks.filter(({ status }) => status === 'failed').map(({ code }) => code)).toEqual([
    'external_id_not_required',
    'external_id_not_required',
    'external_id_not_required',
    'external_id_not_required',
  ]);
});

test.each([
  ['do not take tags', (trust: Policy) => ({ ...trust, Statement: trust.Statement.slice(0, 1) })],
  [
    'are for another tenant',
    (trust: Policy) => JSON.parse(JSON.stringify(trust).replaceAll('ten_', 'ten_other')) as Policy,
  ],
])('roles that %s are refused before a run is', async (_name, change) => {
  const { install, verify } = await account();
  install(change);
  expect((await verify()).checks.map(({ code }) => code)).toEqual([
    'role_not_assumable',
    'role_not_assumable',
  ]);
});

test('the documents are told in every form, by format or by Accept', async () => {
  const { path, documents } = await account();
  const get = (query: string, accept = '*/*') =>
    app.bare('GET', `${path}/onboarding${query}`, { authorization: `Bearer ${app.adminToken}`, accept });
  const forms = [
    ['cloudformation', 'application/vnd.aws.cloudformation+json', 'AWSTemplateFormatVersion'],
    ['terraform', 'application/vnd.hashicorp.hcl', 'resource "aws_iam_role" "plan"'],
    ['cli', 'application/x-sh', 'aws iam create-role'],
  ] as const;
  for (const [format, type, word] of forms) {
    const [asked, accepted] = [await get(`?format=${format}`), await get('', type)];
    expect([asked.status, asked.headers.get('content-type')]).toEqual([200, `${type}; charset=utf-8`]);
    expect(asked.headers.get('content-disposition')).toMatch(/^attachment; filename="/);
    expect(asked.headers.get('cache-control')).toBe('no-store');
    expect(JSON.stringify(asked.body)).toContain(JSON.stringify(word).slice(1, -1));
    expect(accepted.body).toEqual(asked.body);
    const holds = JSON.stringify(asked.body).includes(documents['external_id'] ?? '?');
    expect([format, holds]).toEqual([format, format === 'cli']);
  }
  expect((await get('?format=json', 'application/x-sh')).body).toEqual(documents);
  const wrong = await get('?format=yaml');
  expect(wrong).toMatchObject({ status: 422, body: { code: 'invalid_request' } });
  expect(JSON.stringify(wrong.body.errors)).toContain('cloudformation');
});

test('the link opens the template of the settings, and holds no external id', async () => {
  const { documents } = await account();
  const { quick_create_url: url } = documents['cloudformation'] as unknown as { quick_create_url: string };
  expect(url).toContain(`templateURL=${encodeURIComponent(templateUrl)}`);
  expect(url).not.toContain(documents['external_id']);
});

test.each(['viewer', 'operator', 'approver'] as Role[])(
  'a %s does not see them: they hold the external id',
  async (role) => {
    const { path } = await account();
    const { api } = await app.as(role, app.tenantId);
    expect(await api.call('GET', `${path}/onboarding`)).toMatchObject({
      status: 403,
      body: { code: 'forbidden' },
    });
  },
);

test("another tenant's account is not found, and a sandbox account has no roles", async () => {
  const { path } = await account();
  const tenant = await app.admin.call('POST', '/api/v1/tenants', { name: 'Far', slug: 'far-away' });
  const { api } = await app.as('admin', tenant.body.tenant_id);
  expect((await api.call('GET', `${path}/onboarding`)).status).toBe(404);
  expect(await app.admin.call('GET', `/api/v1/accounts/${app.accountId}/onboarding`)).toMatchObject({
    status: 422,
    body: { detail: `account ${app.accountId} is a sandbox account: it has no roles to prove` },
  });
});
