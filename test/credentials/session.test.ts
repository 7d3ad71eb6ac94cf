import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { AppError } from '../../src/errors/app-error.js';
import { assumeSession, callerAccount } from '../../src/credentials/session.js';
import { openRunSession, type RunSessionProps } from '../../src/credentials/run-session.js';
import { applyRole, customer, planRole, trustOf } from '../support/fake-aws/customer.js';
import { controlAccount, startFakeAws, type FakeAws } from '../support/fake-aws/server.js';
import { Refusal } from '../support/fake-aws/world.js';
import { startWire } from '../support/wire.js';
import { anAccount } from './an-account.js';

const id = '210000000001';
let aws: FakeAws;
let nowMs = Date.now();
const clock = { now: () => new Date(nowMs) };

beforeAll(async () => {
  aws = await startFakeAws({ [id]: customer('ours', { role: { maxSessionSeconds: 7200 } }) });
});
afterAll(() => aws.close());

const run = { runId: 'run_1', environmentId: 'env_1' };
const openRun = (over: Partial<RunSessionProps> = {}) =>
  openRunSession(aws, {
    account: anAccount(id),
    externalIds: { current: 'ours', next: null },
    run,
    phase: 'apply',
    region: 'eu-central-1',
    timeoutMs: 3_600_000,
    onSecret: () => undefined,
    ...over,
  });
const lastAssume = () => aws.world.calls.filter(({ action }) => action === 'AssumeRole').at(-1)!;

test('a session is in the account and by the role of the phase, and names run, tenant and environment', async () => {
  const secrets: string[] = [];
  const session = await openRun({ onSecret: (secret) => secrets.push(secret) });
  const keys = await session.keys();
  expect(lastAssume()).toMatchObject({
    region: 'eu-central-1',
    account: controlAccount,
    params: {
      RoleArn: applyRole(id),
      RoleSessionName: 'terrace-run_1',
      ExternalId: 'ours',
      DurationSeconds: '3900',
      'Tags.member.1.Key': 'terrace.dev/tenant-id',
      'Tags.member.2.Key': 'terrace.dev/environment-id',
      'Tags.member.2.Value': 'env_1',
      'Tags.member.3.Value': 'run_1',
      'Tags.member.4.Value': 'apply',
      'TransitiveTagKeys.member.4': 'terrace.dev/phase',
    },
  });
  expect(await callerAccount(aws, { region: 'eu-central-1', keys })).toEqual({
    account: id,
    arn: `arn:aws:sts::${id}:assumed-role/terrace-apply/terrace-run_1`,
  });
  expect(secrets).toEqual(['ours', keys.secretAccessKey, keys.sessionToken]);
  await openRun({ phase: 'plan' });
  expect(lastAssume().params.RoleArn).toBe(planRole(id));
});

test('a role that allows an hour gives an hour', async () => {
  const short = '210000000002';
  aws.put(short, customer('ours'));
  const session = await openRun({ account: anAccount(short), timeoutMs: 7_200_000 });
  expect(lastAssume().params.DurationSeconds).toBe('3600');
  const left = (await session.keys()).expiration.getTime() - Date.now();
  expect(left).toBeGreaterThan(3_590_000);
  expect(left).toBeLessThanOrEqual(3_600_000);
});

test('a hub on the way: tags go in once and stay, sessions end after an hour, the external id is the customer’s', async () => {
  const [hubAccount, far] = ['210000000003', '210000000004'];
  const hub = `arn:aws:iam::${hubAccount}:role/hub`;
  aws.put(hubAccount, { roles: { hub: { trust: trustOf(null) } } });
  const trust = trustOf('ours');
  const byHub = [{ ...trust.Statement[0]!, Principal: { AWS: hub } }];
  aws.put(
    far,
    customer('ours', { role: { trust: { ...trust, Statement: byHub }, maxSessionSeconds: 43_200 } }),
  );
  const account = anAccount(far, { chainRoleArns: [hub] });
  const session = await openRun({ account, timeoutMs: 7_200_000 });
  const keys = await session.keys();
  expect((await callerAccount(aws, { region: 'eu-central-1', keys })).account).toBe(far);
  expect(keys.expiration.getTime()).toBeLessThanOrEqual(Date.now() + 3_600_000);
  const [first, second] = aws.world.calls.filter(({ action }) => action === 'AssumeRole').slice(-2);
  expect(first!.params).toMatchObject({ RoleArn: hub, 'Tags.member.1.Key': 'terrace.dev/tenant-id' });
  expect(first!.params).not.toHaveProperty('ExternalId');
  expect(second!.params).toMatchObject({ RoleArn: applyRole(far), ExternalId: 'ours' });
  expect(second!.params).not.toHaveProperty('Tags.member.1.Key');
  expect(aws.world.identities.get(keys.accessKeyId)!.tags).toMatchObject({ 'terrace.dev/run-id': 'run_1' });
});

test('during a rotation either external id opens the role', async () => {
  const turning = '210000000005';
  const account = anAccount(turning);
  const externalIds = { current: 'old', next: 'new' };
  for (const taken of ['old', 'new']) {
    aws.put(turning, customer(taken));
    await openRun({ account, externalIds });
    expect(lastAssume().params.ExternalId).toBe(taken);
  }
});

describe('a session that nears its end', () => {
  test('is renewed once for all who ask', async () => {
    nowMs = Date.now();
    const session = await openRun({ clock });
    const first = await session.keys();
    nowMs += 3_300_000;
    const before = aws.world.calls.length;
    const [a, b, c] = await Promise.all([session.keys(), session.keys(), session.keys()]);
    expect(a.accessKeyId).not.toBe(first.accessKeyId);
    expect([b, c]).toEqual([a, a]);
    expect(aws.world.calls.slice(before).map(({ action }) => action)).toEqual(['AssumeRole']);
  });

  test('stays in use when it cannot be renewed, until it has ended', async () => {
    nowMs = Date.now();
    const session = await openRun({ clock });
    const first = await session.keys();
    nowMs = first.expiration.getTime() - 1000;
    aws.failNext('AssumeRole', new Refusal('AccessDenied', 'no', 403));
    expect(await session.keys()).toEqual(first);
    nowMs += 2000;
    aws.failNext('AssumeRole', new Refusal('AccessDenied', 'no', 403));
    await expect(session.keys()).rejects.toMatchObject({ code: 'role_not_assumable' });
  });
});

test('a network cut to STS passes: keys in use stay in use, a session that has ended is not, and both come back', async () => {
  const wire = await startWire(Number(new URL(aws.endpoint).port));
  try {
    nowMs = Date.now();
    const cuttable = { ...aws, endpoint: `http://127.0.0.1:${wire.port}` };
    const session = await openRunSession(cuttable, { ...propsOf(), timeoutMs: 3_600_000, clock });
    const first = await session.keys();
    // Its code is seen in test/outage/sts: the test runner hides errors of the system from the SDK.
    const unreachable = { message: expect.stringContaining(`could not assume role ${applyRole(id)}: `) };
    wire.cut();
    nowMs = first.expiration.getTime() - 1000;
    const [again, fresh] = await Promise.allSettled([session.keys(), openRunSession(cuttable, propsOf())]);
    expect(again).toMatchObject({ status: 'fulfilled', value: first });
    expect(fresh).toMatchObject({ status: 'rejected', reason: unreachable });
    nowMs += 2000;
    await expect(session.keys()).rejects.toMatchObject(unreachable);
    await wire.mend();
    expect((await session.keys()).accessKeyId).not.toBe(first.accessKeyId);
  } finally {
    wire.close();
  }
});

test('a run that cannot be covered does not start, and says why', async () => {
  const now = new Date();
  const expiration = new Date(now.getTime() + 1_200_000);
  const controlKeys = { ...aws.controlKeys, expiration };
  const before = aws.world.calls.length;
  const refused = openRunSession(
    { ...aws, controlKeys },
    { ...propsOf(), timeoutMs: 3_600_000, clock: { now: () => now } },
  );
  await expect(refused).rejects.toMatchObject({
    code: 'session_too_short',
    blame: 'platform',
    message:
      'the keys of the control account end in 20 min, are not renewed, and a phase may take 60 min: give Terrace a role that renews itself, or lower PROVISIONING_TIMEOUT',
  });
  expect(aws.world.calls).toHaveLength(before);
  await openRunSession({ ...aws, controlKeys }, { ...propsOf(), timeoutMs: 600_000 });
});

function propsOf(): RunSessionProps {
  return {
    account: anAccount(id),
    externalIds: { current: 'ours', next: null },
    run,
    phase: 'apply',
    region: 'eu-central-1',
    timeoutMs: 1000,
    onSecret: () => undefined,
  };
}

test('a role that leads elsewhere is not used', async () => {
  const account = anAccount('210000000006', { planRoleArn: planRole(id), applyRoleArn: applyRole(id) });
  await expect(openRun({ account })).rejects.toMatchObject({
    code: 'wrong_cloud_account',
    blame: 'tenant_cloud',
  });
});

test.each([
  ['AccessDenied', 403, 1, 'role_not_assumable'],
  ['RegionDisabledException', 403, 1, 'region_not_enabled'],
  ['InvalidClientTokenId', 403, 1, 'control_credentials_missing'],
  ['PackedPolicyTooLarge', 400, 1, 'cloud_refused'],
  ['Throttling', 400, 3, 'cloud_unavailable'],
  ['ServiceUnavailable', 503, 3, 'cloud_unavailable'],
] as const)('%s (%i) is asked %i time(s) and told as %s', async (name, status, times, code) => {
  for (let at = 0; at < times; at++) aws.failNext('AssumeRole', new Refusal(name, 'as AWS put it', status));
  const before = aws.world.calls.length;
  const failed = await assumeSession(aws, {
    roleArn: applyRole(id),
    externalIds: ['ours'],
    region: 'eu-central-1',
    name: 'terrace-test',
  }).catch((error: unknown) => error as AppError);
  expect(failed).toMatchObject({ code });
  expect((failed as AppError).message).not.toContain('as AWS put it');
  expect(aws.world.calls.length - before).toBe(times);
  expect(aws.world.faults.get('AssumeRole')).toEqual([]);
});
