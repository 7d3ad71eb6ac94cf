/** Buckets with versions, conditions and default encryption, by path (https://docs.aws.amazon.com/AmazonS3/latest/API/). */
import { createHash, randomBytes } from 'node:crypto';
import type { Answer, Asking } from './service.js';
import { Refusal, type FakeBucket, type FakeObject } from './world.js';
import { xml } from './xml.js';

const namespace = 'http://s3.amazonaws.com/doc/2006-03-01/';

interface Place {
  readonly bucket: string;
  readonly key: string;
}

function placeOf(path: string): Place {
  const [, bucket = '', ...rest] = path.split('/');
  return { bucket, key: rest.map(decodeURIComponent).join('/') };
}

/** The action as IAM calls it, and the ARN that it is about. */
export function s3Access(
  method: string,
  path: string,
  params: Readonly<Record<string, string>>,
): { readonly action: string; readonly resource: string } {
  const { bucket, key } = placeOf(path);
  const resource = `arn:aws:s3:::${bucket}${key === '' ? '' : `/${key}`}`;
  if (key !== '') {
    const verbs: Readonly<Record<string, string>> = { PUT: 'PutObject', DELETE: 'DeleteObject' };
    return { action: verbs[method] ?? 'GetObject', resource };
  }
  if ('versioning' in params) return { action: 'GetBucketVersioning', resource };
  if ('encryption' in params) return { action: 'GetEncryptionConfiguration', resource };
  return { action: 'ListBucket', resource };
}

/** `mayList` = the caller may know which objects there are. */
export function s3(asking: Asking, mayList: (bucketArn: string) => boolean): Answer {
  const { world, action, headers, path, signer } = asking;
  const { bucket: name, key } = placeOf(path);
  const bucket = world.buckets.get(name);
  if (bucket === undefined) throw new Refusal('NoSuchBucket', 'The specified bucket does not exist', 404);
  const owner = headers['x-amz-expected-bucket-owner'] ?? bucket.account;
  if (bucket.account !== signer.identity.account || owner !== bucket.account)
    throw new Refusal('AccessDenied', 'Access Denied', 403);
  if (bucket.region !== signer.region)
    throw new Refusal('PermanentRedirect', `The bucket is in ${bucket.region}`, 301);
  switch (action) {
    case 'GetBucketVersioning':
      return text(xml('VersioningConfiguration', bucket.versioning ? { Status: 'Enabled' } : {}, namespace));
    case 'GetEncryptionConfiguration':
      return encryption(bucket);
    case 'ListBucket':
      return { ...text(''), headers: { 'x-amz-bucket-region': bucket.region } };
    case 'PutObject':
      return put(asking, bucket, key);
    case 'DeleteObject':
      bucket.objects.delete(key);
      return { ...text(''), status: 204 };
    default: {
      const found = bucket.objects.get(key)?.at(-1);
      if (found !== undefined) return { type: 'application/json', body: found.body, headers: told(found) };
      if (!mayList(`arn:aws:s3:::${name}`)) throw new Refusal('AccessDenied', 'Access Denied', 403);
      throw new Refusal('NoSuchKey', 'The specified key does not exist.', 404);
    }
  }
}

function put({ headers, body }: Asking, bucket: FakeBucket, key: string): Answer {
  const versions = bucket.objects.get(key) ?? [];
  const there = versions.at(-1);
  const wanted = headers['if-match'];
  if (wanted !== undefined && there === undefined)
    throw new Refusal('NoSuchKey', 'The specified key does not exist.', 404);
  if (
    (wanted !== undefined && wanted !== there?.etag) ||
    (headers['if-none-match'] === '*' && there !== undefined)
  )
    throw new Refusal('PreconditionFailed', 'At least one of the pre-conditions did not hold', 412);
  const made: FakeObject = {
    body,
    etag: `"${createHash('md5').update(body).digest('hex')}"`,
    ...(bucket.versioning ? { version: randomBytes(12).toString('hex') } : {}),
    algorithm: String(headers['x-amz-server-side-encryption'] ?? bucket.encryption?.algorithm ?? ''),
    kmsKeyArn: headers['x-amz-server-side-encryption-aws-kms-key-id']?.toString(),
  };
  bucket.objects.set(key, bucket.versioning ? [...versions, made] : [made]);
  return { ...text(''), headers: told(made) };
}

function told({ etag, version }: FakeObject): Record<string, string> {
  return { etag, ...(version === undefined ? {} : { 'x-amz-version-id': version }) };
}

function encryption({ encryption: rule }: FakeBucket): Answer {
  if (rule === undefined)
    throw new Refusal(
      'ServerSideEncryptionConfigurationNotFoundError',
      'The server side encryption configuration was not found',
      404,
    );
  const by = { SSEAlgorithm: rule.algorithm, KMSMasterKeyID: rule.kmsKeyArn };
  return text(
    xml('ServerSideEncryptionConfiguration', { Rule: { ApplyServerSideEncryptionByDefault: by } }, namespace),
  );
}

function text(body: string): Answer {
  return { type: 'application/xml', body };
}
