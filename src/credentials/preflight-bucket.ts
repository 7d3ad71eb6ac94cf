/** Whether the bucket for states is the customer's, is where it was said, keeps versions and encrypts. */
import {
  GetBucketEncryptionCommand,
  GetBucketVersioningCommand,
  HeadBucketCommand,
  type S3Client,
  type ServerSideEncryptionByDefault,
} from '@aws-sdk/client-s3';
import type { StateLocation } from '../account/account.js';
import type { AccountCheck } from '../account/verification.js';
import { awsCodeOf, type AwsConnection } from './aws-connection.js';
import { failedCheck, passedCheck, unreadable, warningCheck } from './check.js';
import type { PreflightProps } from './preflight.js';
import { s3Client } from './s3-client.js';

type Location = Extract<StateLocation, { kind: 's3' }>;

/** Nothing where Terrace keeps the states. */
export async function checkStateBucket(
  aws: AwsConnection,
  { account, keys }: Pick<PreflightProps, 'account' | 'keys'>,
): Promise<AccountCheck[]> {
  const { state } = account;
  if (state.kind === 'managed') return [];
  const client = s3Client(aws, state.region, keys);
  const owned = { Bucket: state.bucket, ExpectedBucketOwner: account.cloudAccountId };
  try {
    const found = await checkExists(client, owned, state);
    if (found.status !== 'passed') return [found];
    return [
      found,
      ...(await Promise.all([checkVersioning(client, owned), checkEncryption(client, owned, state)])),
    ];
  } finally {
    client.destroy();
  }
}

interface Owned {
  readonly Bucket: string;
  readonly ExpectedBucketOwner: string;
}

const refused = (name: string, text: string, metadata: AccountCheck['metadata']) =>
  failedCheck(name, 'state_bucket_not_usable', text, metadata);

/** A HEAD is answered without words, by its status alone. */
async function checkExists(client: S3Client, owned: Owned, state: Location): Promise<AccountCheck> {
  const name = 'state_bucket';
  const { bucket, region } = state;
  const metadata = { bucket, region };
  try {
    const { BucketRegion = region } = await client.send(new HeadBucketCommand(owned));
    if (BucketRegion !== region)
      return refused(
        name,
        `bucket ${bucket} is in ${BucketRegion}, not in ${region}: correct the state's region`,
        metadata,
      );
    return passedCheck(
      name,
      `bucket ${bucket} is there, and is of account ${owned.ExpectedBucketOwner}`,
      metadata,
    );
  } catch (error) {
    const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
    const text = {
      301: `bucket ${bucket} is not in ${region}: correct the state's region`,
      403: `bucket ${bucket} is not of account ${owned.ExpectedBucketOwner}, or the plan role may not s3:ListBucket there`,
      404: `there is no bucket ${bucket}: make it, or correct its name`,
    }[status ?? 0];
    return text === undefined ? unreadable(name, error, 's3:ListBucket') : refused(name, text, metadata);
  }
}

async function checkVersioning(client: S3Client, owned: Owned): Promise<AccountCheck> {
  const name = 'state_bucket_versioning';
  const metadata = { bucket: owned.Bucket };
  try {
    const { Status } = await client.send(new GetBucketVersioningCommand(owned));
    if (Status === 'Enabled') return passedCheck(name, `bucket ${owned.Bucket} keeps versions`, metadata);
    const text = `bucket ${owned.Bucket} keeps no versions, so a state that is lost or wrong is gone: turn on its versioning`;
    return refused(name, text, metadata);
  } catch (error) {
    return unreadable(name, error, 's3:GetBucketVersioning');
  }
}

async function checkEncryption(
  client: S3Client,
  owned: Owned,
  { kmsKeyArn }: Location,
): Promise<AccountCheck> {
  const name = 'state_bucket_encryption';
  const metadata = { bucket: owned.Bucket, kms_key_arn: kmsKeyArn };
  const none = `bucket ${owned.Bucket} does not encrypt what is put there by others: turn on its default encryption`;
  let rule: ServerSideEncryptionByDefault | undefined;
  try {
    const { ServerSideEncryptionConfiguration } = await client.send(new GetBucketEncryptionCommand(owned));
    rule = ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault;
  } catch (error) {
    if (awsCodeOf(error) === 'ServerSideEncryptionConfigurationNotFoundError')
      return refused(name, none, metadata);
    return unreadable(name, error, 's3:GetEncryptionConfiguration');
  }
  if (rule === undefined) return refused(name, none, metadata);
  if (kmsKeyArn !== null && rule.KMSMasterKeyID !== kmsKeyArn) {
    const text = `bucket ${owned.Bucket} encrypts by another key than ${kmsKeyArn}, which Terrace uses for its states: make it the default`;
    return warningCheck(name, 'state_bucket_not_usable', text, metadata);
  }
  return passedCheck(name, `bucket ${owned.Bucket} encrypts by ${rule.SSEAlgorithm ?? 'default'}`, metadata);
}
