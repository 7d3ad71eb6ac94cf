import { grant, type NeedsTable } from './grant.js';

/** Buckets: S3 knows conditions on tags only where a bucket has been switched to them, so names alone bound these. */
export const storageNeeds = {
  aws_s3_bucket: {
    read: [
      grant(
        's3',
        'bucket',
        'always',
        'ListBucket',
        'GetAccelerateConfiguration',
        'GetBucketAcl',
        'GetBucketCORS',
        'GetBucketLocation',
        'GetBucketLogging',
        'GetBucketObjectLockConfiguration',
        'GetBucketPolicy',
        'GetBucketRequestPayment',
        'GetBucketTagging',
        'GetBucketVersioning',
        'GetBucketWebsite',
        'GetEncryptionConfiguration',
        'GetLifecycleConfiguration',
        'GetReplicationConfiguration',
        'ListTagsForResource',
      ),
    ],
    write: [
      grant(
        's3',
        'bucket',
        'always',
        'CreateBucket',
        'DeleteBucket',
        'PutBucketTagging',
        'TagResource',
        'UntagResource',
        'ListBucketVersions',
      ),
      // `bucket.delete_objects` of the spec.
      grant('s3', 'object', 'always', 'DeleteObject', 'DeleteObjectVersion'),
    ],
  },
  aws_s3_bucket_lifecycle_configuration: {
    read: [grant('s3', 'bucket', 'always', 'GetLifecycleConfiguration')],
    write: [grant('s3', 'bucket', 'always', 'PutLifecycleConfiguration')],
  },
  aws_s3_bucket_ownership_controls: {
    read: [grant('s3', 'bucket', 'always', 'GetBucketOwnershipControls')],
    write: [grant('s3', 'bucket', 'always', 'PutBucketOwnershipControls')],
  },
  aws_s3_bucket_policy: {
    read: [grant('s3', 'bucket', 'always', 'GetBucketPolicy')],
    write: [grant('s3', 'bucket', 'always', 'PutBucketPolicy', 'DeleteBucketPolicy')],
  },
  aws_s3_bucket_public_access_block: {
    read: [grant('s3', 'bucket', 'always', 'GetBucketPublicAccessBlock')],
    write: [grant('s3', 'bucket', 'always', 'PutBucketPublicAccessBlock')],
  },
  aws_s3_bucket_server_side_encryption_configuration: {
    read: [grant('s3', 'bucket', 'always', 'GetEncryptionConfiguration')],
    write: [grant('s3', 'bucket', 'always', 'PutEncryptionConfiguration')],
  },
  aws_s3_bucket_versioning: {
    read: [grant('s3', 'bucket', 'always', 'GetBucketVersioning')],
    write: [grant('s3', 'bucket', 'always', 'PutBucketVersioning')],
  },
} as const satisfies NeedsTable;
