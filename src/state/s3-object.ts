/**
 * One object of a customer's bucket, written under conditions: nothing is overwritten that was not read before
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html).
 */
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { awsCodeOf, awsError } from '../credentials/aws-connection.js';
import { appError, type AppError } from '../errors/app-error.js';

/** What S3 says of an object as it is now; `version` is `null` as a word in a bucket without versioning. */
export interface ObjectVersion {
  readonly etag: string;
  readonly version: string;
}

export type StoredObject = ObjectVersion & { readonly text: string };

export interface S3Object {
  /** `s3://bucket/key` */
  readonly address: string;
  /** Null while there is none. */
  read(): Promise<StoredObject | null>;
  /** Writes over the version with this etag; null = there must be none yet. Null is returned when it is another by now. */
  write(text: string, over: string | null): Promise<ObjectVersion | null>;
  remove(): Promise<void>;
}

export interface S3ObjectProps {
  readonly client: S3Client;
  readonly bucket: string;
  readonly key: string;
  /** The account that the bucket must belong to: a name that was given up may be somebody else's by now. */
  readonly owner: string;
  readonly kmsKeyArn: string | null;
}

/** Every call throws what `awsError` throws, and `state_bucket_not_usable`. */
export function s3Object({ client, bucket, key, owner, kmsKeyArn }: S3ObjectProps): S3Object {
  const address = `s3://${bucket}/${key}`;
  const place = { Bucket: bucket, Key: key, ExpectedBucketOwner: owner };
  return {
    address,
    read: async () => {
      try {
        const { Body, ETag = '', VersionId = 'null' } = await client.send(new GetObjectCommand(place));
        return { text: (await Body?.transformToString()) ?? '', etag: ETag, version: VersionId };
      } catch (error) {
        if (awsCodeOf(error) === 'NoSuchKey') return null;
        throw bucketError(error, `read ${address}`);
      }
    },
    write: async (text, over) => {
      try {
        const { ETag = '', VersionId = 'null' } = await client.send(
          new PutObjectCommand({
            ...place,
            Body: text,
            ContentType: 'application/json',
            ...(over === null ? { IfNoneMatch: '*' } : { IfMatch: over }),
            ...(kmsKeyArn === null
              ? { ServerSideEncryption: 'AES256' as const }
              : { ServerSideEncryption: 'aws:kms' as const, SSEKMSKeyId: kmsKeyArn }),
          }),
        );
        return { etag: ETag, version: VersionId };
      } catch (error) {
        if (beaten.has(awsCodeOf(error))) return null;
        throw bucketError(error, `write ${address}`);
      }
    },
    remove: async () => {
      try {
        await client.send(new DeleteObjectCommand(place));
      } catch (error) {
        throw bucketError(error, `remove ${address}`);
      }
    },
  };
}

/** Somebody else wrote, or removed, since it was read. */
const beaten = new Set(['PreconditionFailed', 'ConditionalRequestConflict', 'NoSuchKey']);

/** What is wrong with the bucket itself, told apart from what is wrong with the way to it. */
export function bucketError(thrown: unknown, doing: string): AppError {
  const code = awsCodeOf(thrown);
  const text = code === 'NoSuchBucket' ? 'there is no such bucket' : wrongBucket.get(code);
  if (text === undefined) return awsError(thrown, doing);
  return appError(
    'state_bucket_not_usable',
    `could not ${doing}: ${text}; correct the state of the account and verify it`,
    {
      detail: thrown instanceof Error ? thrown.message : String(thrown),
      extra: { aws_code: code },
      cause: thrown,
    },
  );
}

const wrongBucket: ReadonlyMap<string, string> = new Map([
  ['PermanentRedirect', 'the bucket is in another region'],
  ['AuthorizationHeaderMalformed', 'the bucket is in another region'],
  ['InvalidBucketName', 'this is no name of a bucket'],
  ['KMS.NotFoundException', 'the KMS key does not exist'],
  ['KMS.DisabledException', 'the KMS key is disabled'],
  ['KMS.KMSInvalidStateException', 'the KMS key is about to be deleted'],
]);
