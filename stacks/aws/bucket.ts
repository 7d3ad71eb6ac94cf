import { S3BucketLifecycleConfiguration } from '@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration/index.js';
import { S3BucketOwnershipControls } from '@cdktf/provider-aws/lib/s3-bucket-ownership-controls/index.js';
import { S3BucketPolicy } from '@cdktf/provider-aws/lib/s3-bucket-policy/index.js';
import { S3BucketPublicAccessBlock } from '@cdktf/provider-aws/lib/s3-bucket-public-access-block/index.js';
import { S3BucketServerSideEncryptionConfigurationA } from '@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration/index.js';
import { S3BucketVersioningA } from '@cdktf/provider-aws/lib/s3-bucket-versioning/index.js';
import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket/index.js';
import { Construct } from 'constructs';
import { policyDocument } from './iam-policy.js';

export interface BucketProps {
  /** Unique among all buckets there are, at most 63 characters. */
  readonly name: string;
  readonly partition: string;
  readonly keyArn: string;
  readonly versioning: boolean;
  /** @default - objects are kept */
  readonly expireDays?: number;
  /** Whether a destroy deletes the objects; otherwise S3 refuses to delete a bucket that holds any. */
  readonly deleteObjects: boolean;
}

/** A private bucket: encrypted with a given key, TLS only, without ACLs; former versions go after 30 days, broken uploads after 7. */
export class Bucket extends Construct {
  readonly name: string;
  readonly arn: string;

  constructor(scope: Construct, id: string, props: BucketProps) {
    super(scope, id);
    const bucket = new S3Bucket(this, '$bucket', { bucket: props.name, forceDestroy: props.deleteObjects });
    const blocked = new S3BucketPublicAccessBlock(this, '$private', {
      bucket: bucket.id,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    new S3BucketOwnershipControls(this, '$owner', {
      bucket: bucket.id,
      rule: { objectOwnership: 'BucketOwnerEnforced' },
    });
    new S3BucketServerSideEncryptionConfigurationA(this, '$encryption', {
      bucket: bucket.id,
      rule: [
        {
          applyServerSideEncryptionByDefault: { sseAlgorithm: 'aws:kms', kmsMasterKeyId: props.keyArn },
          bucketKeyEnabled: true,
        },
      ],
    });
    const versioning = new S3BucketVersioningA(this, '$versioning', {
      bucket: bucket.id,
      versioningConfiguration: { status: props.versioning ? 'Enabled' : 'Suspended' },
    });
    new S3BucketLifecycleConfiguration(this, '$lifecycle', {
      bucket: bucket.id,
      rule: lifecycleRules(props),
      // The rules on former versions mean something only once versioning is decided.
      dependsOn: [versioning],
    });
    new S3BucketPolicy(this, '$policy', {
      bucket: bucket.id,
      policy: policyDocument([
        {
          sid: 'TlsOnly',
          effect: 'Deny',
          actions: ['s3:*'],
          resources: [
            `arn:${props.partition}:s3:::${props.name}`,
            `arn:${props.partition}:s3:::${props.name}/*`,
          ],
          principals: '*',
          conditions: { Bool: { 'aws:SecureTransport': 'false' } },
        },
      ]),
      dependsOn: [blocked],
    });
    this.name = bucket.id;
    this.arn = bucket.arn;
  }
}

function lifecycleRules({ expireDays }: BucketProps) {
  const everything = [{ prefix: '' }];
  return [
    {
      id: 'leftovers',
      status: 'Enabled',
      filter: everything,
      noncurrentVersionExpiration: [{ noncurrentDays: 30 }],
      abortIncompleteMultipartUpload: [{ daysAfterInitiation: 7 }],
    },
    ...(expireDays === undefined
      ? []
      : [{ id: 'expiry', status: 'Enabled', filter: everything, expiration: [{ days: expireDays }] }]),
  ];
}
