import { S3Client } from '@aws-sdk/client-s3';
import { clientConfig, type AwsConnection, type Keys } from './aws-connection.js';

/** A stand-in on one address has no host for each bucket; a state may take longer than other calls. */
export function s3Client(
  aws: AwsConnection,
  region: string,
  credentials: Keys | (() => Promise<Keys>),
): S3Client {
  return new S3Client({
    ...clientConfig(aws, { region }),
    credentials,
    forcePathStyle: aws.endpoint !== undefined,
    requestHandler: { connectionTimeout: 3000, requestTimeout: 60_000 },
  });
}
