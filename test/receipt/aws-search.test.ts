import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openRunSession } from '../../src/credentials/run-session.js';
import { kindOfArn } from '../../src/receipt/arn-rules.js';
import { searchAws } from '../../src/receipt/aws-search.js';
import { searchPlace } from '../../src/receipt/search.js';
import { stableName, tenantPrefix } from '../../src/spec/names.js';
import { permissionPolicies } from '../../src/onboarding/permission-policies.js';
import { anAccount } from '../credentials/an-account.js';
import { customer, trustOf } from '../support/fake-aws/customer.js';
import type { Policy } from '../support/fake-aws/policy.js';
import { startFakeAws, type FakeAws } from '../support/fake-aws/server.js';
import { Refusal, type FakeThing } from '../support/fake-aws/world.js';

const id = '240000000001';
const region = 'eu-central-1';
const environmentId = 'env_1';
const mark = { 'terrace.dev/environment-id': environmentId };
const arn = (service: string, rest: string) => `arn:aws:${service}:${region}:${id}:${rest}`;
const roleName = stableName(
  { environment_id: environmentId, environment_name: 'shop', tenant_slug: 'acme' },
  64,
);

let aws: FakeAws;
beforeAll(async () => {
  aws = await startFakeAws();
});
afterAll(() => aws.close());

/** The plan role as the onboarding makes it, less some actions, and what is in the account. */
function put(
  things: Readonly<Record<string, FakeThing>>,
  { refused = [], tags = {} }: { refused?: readonly string[]; tags?: FakeThing['tags'] } = {},
): void {
  const { planRoleArn, applyRoleArn, cloudAccountId } = anAccount(id);
  const role = (arnOf: string | null) => ({ name: arnOf?.split('/')[1] ?? '', path: '/' });
  const documents = permissionPolicies('plan', {
    partition: 'aws',
    accountId: cloudAccountId,
    prefix: tenantPrefix('acme'),
    planRole: role(planRoleArn),
    applyRole: role(applyRoleArn),
    regions: [region],
  });
  const Statement = documents.flatMap((one) => one.Statement) as Policy['Statement'];
  const deny = { Effect: 'Deny', Action: refused, Resource: '*' } as const;
  const permissions: Policy = { Version: '2012-10-17', Statement: [...Statement, deny] };
  const { roles } = customer('ours', { role: { permissions } });
  const own = { trust: trustOf(null), tags };
  aws.put(id, { roles: { ...roles, [roleName]: own, [`${roleName}-2`]: { trust: trustOf(null) } }, things });
}

async function search(waitMs = 0) {
  const session = await openRunSession(aws, {
    account: anAccount(id),
    externalIds: { current: 'ours', next: null },
    run: { runId: 'run_1', environmentId },
    phase: 'plan',
    region,
    timeoutMs: 1000,
    onSecret: () => undefined,
  });
  const patience = { waitMs, againMs: 1, signal: new AbortController().signal };
  return searchAws(aws, { ...patience, accountId: id, region, environmentId, keys: session.keys });
}

const here = (tags: FakeThing['tags'] = mark): FakeThing => ({ region, tags });
const place = (where: string) => `aws account ${id}, ${where}`;

describe('an account of AWS', () => {
  test('is searched by tag in its region, where what is global is listed, and for roles; page by page', async () => {
    const oidc = `arn:aws:iam::${id}:oidc-provider/oidc.eks.${region}.amazonaws.com/id/1`;
    put(
      {
        [arn('ec2', 'vpc/vpc-1')]: here(),
        [arn('rds', 'db:acme')]: here(),
        'arn:aws:s3:::acme-1': here(),
        [arn('ec2', 'vpc/vpc-2')]: here({ 'terrace.dev/environment-id': 'env_2' }),
        [oidc]: { region: 'us-east-1', tags: mark },
      },
      { tags: mark },
    );
    expect((await search()).map((one) => one.place)).toEqual([
      {
        place: place(region),
        found: [
          { type: 'ec2:vpc', id: arn('ec2', 'vpc/vpc-1') },
          { type: 'rds:db', id: arn('rds', 'db:acme') },
          { type: 's3:bucket', id: 'arn:aws:s3:::acme-1' },
        ],
        reason: null,
      },
      { place: place('us-east-1'), found: [{ type: 'iam:oidc-provider', id: oidc }], reason: null },
      { place: place('iam roles'), found: [{ type: 'iam:role', id: roleName }], reason: null },
    ]);
  });

  test('lists what is gone for a while: that is not left', async () => {
    put({
      [arn('ec2', 'natgateway/nat-1')]: { ...here(), state: 'deleted' },
      [arn('ec2', 'instance/i-1')]: { ...here(), state: null },
      [arn('ec2', 'vpc-endpoint/vpce-1')]: { ...here(), state: 'deleted' },
      [arn('ec2', 'vpc-endpoint/vpce-2')]: { ...here(), state: 'available' },
      [arn('kms', 'key/gone')]: { ...here(), state: null },
    });
    const [found] = await search();
    const id2 = arn('ec2', 'vpc-endpoint/vpce-2');
    expect(found?.place.found).toEqual([{ type: 'ec2:vpc-endpoint', id: id2 }]);
  });

  test('keeps snapshots, and keys for the days that KMS waits: kept, not left', async () => {
    put({
      [arn('rds', 'snapshot:acme-final')]: here(),
      [arn('kms', 'key/ends')]: { ...here(), state: 'PendingDeletion' },
      [arn('kms', 'key/stays')]: { ...here(), state: 'Enabled' },
    });
    const [found] = await search();
    expect(found?.place.found).toEqual([{ type: 'kms:key', id: arn('kms', 'key/stays') }]);
    expect(found?.retained).toEqual([
      { type: 'rds_snapshot', id: 'acme-final' },
      { type: 'kms_key_to_be_deleted', id: 'ends' },
    ]);
  });

  test.each([
    ['tag:GetResources', `could not call tag:GetResources in ${region}`, 0],
    ['iam:ListRoleTags', 'could not call iam:ListRoleTags', 2],
    ['kms:DescribeKey', `could not call kms:DescribeKey in ${region}`, 0],
    ['ec2:DescribeTags', `could not call ec2:DescribeTags, or describe what it tells, in ${region}`, 0],
  ])('that refuses %s is told as not searched, with the reason', async (action, text, at) => {
    put({ [arn('kms', 'key/1')]: here(), [arn('ec2', 'vpc/vpc-1')]: here() }, { refused: [action] });
    const refusal = (await search())[at]?.place;
    expect(refusal).toMatchObject({ found: null, reason: expect.stringContaining(text) });
    expect(refusal?.reason).toMatch(/give the role the permission; the onboarding documents/);
  });

  test('that does not answer for a moment is asked again', async () => {
    put({});
    for (let at = 0; at < 3; at++) aws.failNext('GetResources', new Refusal('ServiceUnavailable', 'no', 503));
    const found = (await search(5000)).map((one) => one.place.found?.length);
    expect(found).toEqual([0, 0, 0]);
  });
});

describe('a place', () => {
  const patience = { againMs: 1, signal: new AbortController().signal };
  const thing = { type: 'a', id: 'b' };

  test('is looked at until it is empty', async () => {
    let left = 3;
    const look = () => Promise.resolve({ found: left-- > 0 ? [thing] : [], retained: [] });
    const { place: seen } = await searchPlace('x', look, { ...patience, waitMs: 5000 });
    expect([left, seen.found]).toEqual([-1, []]);
  });

  test('that is not empty in time is told with what is there', async () => {
    const look = () => Promise.resolve({ found: [thing], retained: [] });
    const { place: seen } = await searchPlace('x', look, { ...patience, waitMs: 3 });
    expect(seen).toEqual({ place: 'x', found: [thing], reason: null });
  });

  test('is not looked at by a run that was told to stop', async () => {
    const signal = AbortSignal.abort(new Error('stop'));
    const search = searchPlace('x', () => Promise.reject(new Error('no')), {
      ...patience,
      waitMs: 1,
      signal,
    });
    await expect(search).rejects.toThrow('stop');
  });
});

test.each([
  ['arn:aws:s3:::acme-data', 's3:bucket', 'acme-data'],
  ['arn:aws:eks:eu-central-1:1:nodegroup/shop/general/9c', 'eks:nodegroup', 'shop/general/9c'],
  ['arn:aws:logs:eu-central-1:1:log-group:/terrace/acme', 'logs:log-group', '/terrace/acme'],
  ['arn:aws:sns:eu-central-1:1:topic', 'sns', 'topic'],
])('%s is a %s', (text, type, name) => {
  expect(kindOfArn(text)).toEqual({ type, id: name });
});
