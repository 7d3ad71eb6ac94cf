/** Customers' accounts in moto, made as a customer would: roles with trust policies, a bucket for states. */
import { CreateRoleCommand, GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  PutBucketEncryptionCommand,
  PutBucketVersioningCommand,
} from '@aws-sdk/client-s3';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { clientConfig, type Keys } from '../../src/credentials/aws-connection.js';
import { s3Client } from '../../src/credentials/s3-client.js';
import type { Policy } from '../support/fake-aws/policy.js';

export const region = 'eu-central-1';
/** moto has every key that it does not know in this account. */
export const controlAccount = '123456789012';
export const controlKeys: Keys = { accessKeyId: 'AKIACONTROL', secretAccessKey: 'control-secret-key' };

/** Keys of an administrator in an account: moto makes the account with them. */
export async function administrator(endpoint: string, account: string): Promise<Keys> {
  const sts = new STSClient(clientConfig({ endpoint }, { region, keys: controlKeys }));
  const { Credentials } = await sts.send(
    new AssumeRoleCommand({
      RoleArn: `arn:aws:iam::${account}:role/administrator`,
      RoleSessionName: 'admin',
    }),
  );
  sts.destroy();
  return {
    accessKeyId: Credentials!.AccessKeyId!,
    secretAccessKey: Credentials!.SecretAccessKey!,
    sessionToken: Credentials!.SessionToken,
  };
}

const iam = (endpoint: string, keys: Keys) => new IAMClient(clientConfig({ endpoint }, { region, keys }));

export async function makeRole(
  endpoint: string,
  keys: Keys,
  role: { readonly name: string; readonly trust: Policy },
): Promise<void> {
  await iam(endpoint, keys).send(
    new CreateRoleCommand({ RoleName: role.name, AssumeRolePolicyDocument: JSON.stringify(role.trust) }),
  );
}

/** The trust policy of a role as moto has it; null = there is no such role. */
export async function readTrust(endpoint: string, roleArn: string): Promise<Policy | null> {
  const [, , , , account = '', resource = ''] = roleArn.split(':');
  const client = iam(endpoint, await administrator(endpoint, account));
  try {
    const { Role } = await client.send(new GetRoleCommand({ RoleName: resource.split('/').at(-1) }));
    return JSON.parse(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? 'null')) as Policy | null;
  } catch (error) {
    if ((error as Error).name === 'NoSuchEntityException') return null;
    throw error;
  }
}

export async function makeBucket(endpoint: string, keys: Keys, name: string): Promise<void> {
  const client = s3Client({ endpoint }, region, keys);
  const Bucket = name;
  await client.send(
    new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: region } }),
  );
  const by = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' as const } };
  await client.send(
    new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: { Rules: [by] } }),
  );
  await client.send(
    new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }),
  );
}

export interface FoundObject {
  readonly key: string;
  readonly versions: number;
  readonly text: string;
  readonly encryption: string | undefined;
}

/** What is in a bucket now, with how many versions there are of each. */
export async function bucketContent(endpoint: string, keys: Keys, bucket: string): Promise<FoundObject[]> {
  const client = s3Client({ endpoint }, region, keys);
  const { Versions = [] } = await client.send(new ListObjectVersionsCommand({ Bucket: bucket }));
  const latest = Versions.filter((one) => one.IsLatest);
  return Promise.all(
    latest.map(async ({ Key = '' }) => {
      const found = await client.send(new GetObjectCommand({ Bucket: bucket, Key }));
      return {
        key: Key,
        versions: Versions.filter((one) => one.Key === Key).length,
        text: (await found.Body?.transformToString()) ?? '',
        encryption: found.ServerSideEncryption,
      };
    }),
  );
}
