import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { AccountCheck } from '../../src/account/verification.js';
import { verifyAccount } from '../../src/credentials/verify-account.js';
import { anAccount } from '../credentials/an-account.js';
import { customer } from '../support/fake-aws/customer.js';
import type { Statement } from '../support/fake-aws/policy.js';
import { startFakeAws, type FakeAws } from '../support/fake-aws/server.js';
import type { FakeAccount } from '../support/fake-aws/world.js';

let aws: FakeAws;
beforeAll(async () => {
  aws = await startFakeAws();
});
afterAll(() => aws.close());

let made = 0;

/** The checks of an account that is like this. */
async function look(
  cloud: Parameters<typeof customer>[1],
  over: { account?: Parameters<typeof anAccount>[1]; cidrBlocks?: string[] } = {},
): Promise<Map<string, AccountCheck>> {
  const id = String(240_000_000_000 + ++made);
  aws.put(id, customer('ours', cloud));
  const checks = await verifyAccount(aws, {
    account: anAccount(id, over.account),
    externalIds: { current: 'ours', next: null },
    tenantSlug: 'acme',
    cidrBlocks: over.cidrBlocks,
  });
  return new Map(checks.map((check) => [check.name, check]));
}

const here = 'eu-central-1';
const allow = (...statements: Partial<Statement>[]) => ({
  role: {
    permissions: {
      Version: '2012-10-17' as const,
      Statement: statements.map((one) => ({ Effect: 'Allow' as const, Resource: '*', ...one })),
    },
  },
});

test('a fresh account lacks vCPUs alone', async () => {
  const checks = await look({});
  const open = [...checks.values()].filter(({ status }) => status !== 'passed');
  expect(open).toEqual([
    {
      name: `quota_vcpu:${here}`,
      status: 'warning',
      code: 'quota_exceeded',
      message:
        '0 of 5 vCPUs of standard instances are used in eu-central-1, and an environment may take 6: raise quota L-1216C47A of ec2',
      metadata: { region: here, quota_code: 'L-1216C47A', limit: 5, used: 0, takes: 6 },
    },
  ]);
});

test.each<[string, string, FakeAccount]>([
  ['vCPUs', 'quota_vcpu', { used: { [here]: { vcpus: 27 } } }],
  ['elastic addresses', 'quota_elastic_ip', { used: { [here]: { addresses: 3 } } }],
  ['NAT gateways', 'quota_nat_gateway', { used: { [here]: { natGateways: 5 } } }],
  [
    'VPCs',
    'quota_vpc',
    { vpcs: { [here]: ['10.0.0.0/16', '10.1.0.0/16'] }, quotas: { 'vpc/L-F678F1CE': 2 } },
  ],
  ['database instances', 'quota_rds', { quotas: { 'rds/L-7B6409FD': 0 } }],
  ['EKS clusters', 'quota_eks', { quotas: { 'eks/L-1194D53C': 0 } }],
])('%s that are used up are told, and the account stays usable', async (_what, name, cloud) => {
  const enough = { 'ec2/L-1216C47A': 32 };
  const checks = await look({ ...cloud, quotas: { ...enough, ...cloud.quotas } });
  const open = [...checks.values()].filter(({ status }) => status !== 'passed');
  expect(open.map((check) => [check.name, check.status, check.code])).toEqual([
    [`${name}:${here}`, 'warning', 'quota_exceeded'],
  ]);
});

test('quotas are looked at in each region', async () => {
  const regions = [here, 'us-east-1'];
  const checks = await look({ used: { 'us-east-1': { addresses: 5 } } }, { account: { regions } });
  expect(checks.get(`quota_elastic_ip:${here}`)?.status).toBe('passed');
  expect(checks.get('quota_elastic_ip:us-east-1')?.metadata).toMatchObject({ used: 5, limit: 5 });
});

test('a wanted block that overlaps with a network is told', async () => {
  const vpcs = { [here]: ['10.40.0.0/16', '172.31.0.0/16'] };
  const checks = await look({ vpcs }, { cidrBlocks: ['10.40.128.0/20', '10.41.0.0/16'] });
  expect(checks.get(`cidr_free:${here}:10.41.0.0/16`)?.status).toBe('passed');
  expect(checks.get(`cidr_free:${here}:10.40.128.0/20`)).toMatchObject({
    status: 'warning',
    code: 'cidr_clash',
    message:
      '10.40.128.0/20 overlaps with vpc-0 (10.40.0.0/16) in eu-central-1: the two could never be joined; choose another block',
  });
});

test('what the role may not look at is skipped, with the permission that it takes', async () => {
  const checks = await look(allow({ Action: ['ec2:DescribeRegions'] }));
  const skipped = [...checks.values()].filter(({ status }) => status === 'skipped');
  expect(skipped.map(({ metadata }) => metadata.action)).toEqual(
    expect.arrayContaining(['iam:SimulatePrincipalPolicy', 'servicequotas:GetServiceQuota']),
  );
  expect(new Set(skipped.map(({ code }) => code))).toEqual(new Set(['cloud_access_denied']));
  expect([...checks.values()].some(({ status }) => status === 'failed')).toBe(false);
});

test('actions that the role lacks are named; conditions on our tags hold', async () => {
  const tagged = { StringLike: { 'aws:RequestTag/terrace.dev/environment-id': 'env_*' } };
  const checks = await look(
    allow({ NotAction: ['rds:*', '*:Create*'] }, { Action: '*:Create*', Condition: tagged }),
  );
  expect(checks.get('apply_role_actions')).toMatchObject({ status: 'passed' });
  expect(checks.get('plan_role_actions')).toMatchObject({
    status: 'warning',
    code: 'cloud_access_denied',
    metadata: { actions: ['rds:DescribeDBInstances'] },
  });
});

test('a cluster is found, active and reached, or told why not', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const one = { endpoint, certificateAuthority: 'PEM' };
  const clusters = {
    up: one,
    made: { ...one, status: 'CREATING' },
    dark: { ...one, endpoint: 'https://127.0.0.1:1' },
  };
  const found = async (name: string) =>
    (await look({ clusters }, { account: { cluster: { kind: 'eks', name } } })).get(
      `cluster_reachable:${here}`,
    );
  expect(await found('up')).toMatchObject({ status: 'passed' });
  expect(await found('dark')).toMatchObject({ status: 'warning', code: 'cluster_not_usable' });
  expect(await found('made')).toMatchObject({
    status: 'failed',
    message: 'cluster made is creating: wait until it is active',
  });
  expect(await found('none')).toMatchObject({
    status: 'failed',
    code: 'cluster_not_usable',
    message: 'there is no cluster none in eu-central-1: correct the cluster of the account',
  });
  server.close();
});
