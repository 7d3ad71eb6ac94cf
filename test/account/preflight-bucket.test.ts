/** The bucket for states, as a verification finds it. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { AccountCheck } from '../../src/account/verification.js';
import { verifyAccount } from '../../src/credentials/verify-account.js';
import { anAccount } from '../credentials/an-account.js';
import { customer } from '../support/fake-aws/customer.js';
import { startFakeAws, type FakeAws } from '../support/fake-aws/server.js';
import type { FakeBucket } from '../support/fake-aws/world.js';

const id = '260000000001';
const region = 'eu-central-1';
const kmsKeyArn = `arn:aws:kms:${region}:${id}:key/11111111-2222-3333-4444-555555555555`;
let aws: FakeAws;
beforeAll(async () => {
  aws = await startFakeAws({ [id]: customer('ours') });
});
afterAll(() => aws.close());

/** The checks of the bucket alone. */
async function look(
  bucket: Partial<FakeBucket> | null,
  key: string | null = kmsKeyArn,
): Promise<Pick<AccountCheck, 'name' | 'status' | 'code' | 'message'>[]> {
  aws.world.buckets.clear();
  const whole: FakeBucket = {
    account: id,
    region,
    versioning: true,
    encryption: { algorithm: 'aws:kms', kmsKeyArn },
    objects: new Map(),
  };
  if (bucket !== null) aws.world.buckets.set('states', { ...whole, ...bucket });
  const account = anAccount(id, { state: { kind: 's3', bucket: 'states', region, kmsKeyArn: key } });
  const checks = await verifyAccount(aws, {
    account,
    externalIds: { current: 'ours', next: null },
    tenantSlug: 'acme',
  });
  return checks
    .filter(({ name }) => name.startsWith('state_bucket'))
    .map(({ name, status, code, message }) => ({ name, status, code, message }));
}

const unusable = (name: string, message: string) => ({
  name,
  status: 'failed',
  code: 'state_bucket_not_usable',
  message,
});

test('a bucket that is the customer’s, keeps versions and encrypts passes', async () => {
  expect(await look({})).toEqual([
    {
      name: 'state_bucket',
      status: 'passed',
      code: null,
      message: `bucket states is there, and is of account ${id}`,
    },
    {
      name: 'state_bucket_versioning',
      status: 'passed',
      code: null,
      message: 'bucket states keeps versions',
    },
    {
      name: 'state_bucket_encryption',
      status: 'passed',
      code: null,
      message: 'bucket states encrypts by aws:kms',
    },
  ]);
});

test('a bucket that is missing, elsewhere or somebody else’s is told, with what to do', async () => {
  expect(await look(null)).toEqual([
    unusable('state_bucket', 'there is no bucket states: make it, or correct its name'),
  ]);
  expect(await look({ region: 'us-east-1' })).toEqual([
    unusable('state_bucket', "bucket states is not in eu-central-1: correct the state's region"),
  ]);
  expect(await look({ account: '260000000002' })).toEqual([
    unusable(
      'state_bucket',
      `bucket states is not of account ${id}, or the plan role may not s3:ListBucket there`,
    ),
  ]);
});

test('a bucket without versions or encryption is told, with what to do', async () => {
  expect(await look({ versioning: false, encryption: undefined })).toEqual([
    expect.objectContaining({ name: 'state_bucket', status: 'passed' }),
    unusable(
      'state_bucket_versioning',
      'bucket states keeps no versions, so a state that is lost or wrong is gone: turn on its versioning',
    ),
    unusable(
      'state_bucket_encryption',
      'bucket states does not encrypt what is put there by others: turn on its default encryption',
    ),
  ]);
});

test('another default key is a warning, no key asked for is none', async () => {
  const other = { encryption: { algorithm: 'AES256' } } as const;
  expect((await look(other)).at(-1)).toEqual({
    name: 'state_bucket_encryption',
    status: 'warning',
    code: 'state_bucket_not_usable',
    message: `bucket states encrypts by another key than ${kmsKeyArn}, which Terrace uses for its states: make it the default`,
  });
  expect((await look(other, null)).at(-1)).toMatchObject({ status: 'passed' });
});
