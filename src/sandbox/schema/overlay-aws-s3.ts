import { textAt, type ValueObject } from '../values.js';
import { randomSuffix } from './derived-names.js';
import { byAttribute, refusedCall } from './overlay-aws-parts.js';
import type { Identity, TypeOverlay } from './overlay-type.js';

/** Bucket names (S3 user guide, "General purpose bucket naming rules"). */
function bucketFaults(value: ValueObject): string[] {
  const name = textAt(value, 'bucket');
  if (name === undefined) return [];
  const formed = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) && !/\.\.|^xn--|-s3alias$/.test(name);
  return formed ? [] : [`bucket "${name}": 3 to 63 lowercase letters, digits, hyphens and dots`];
}

/** A setting of a bucket: one of each kind, found by the bucket's name, gone with the bucket. */
function setting(call: string, overlay: TypeOverlay = {}): TypeOverlay {
  const identify = (value: ValueObject): Identity | undefined => {
    const bucket = textAt(value, 'bucket');
    if (bucket === undefined) return undefined;
    const owner = textAt(value, 'expected_bucket_owner');
    const objectId = owner === undefined ? bucket : `${bucket},${owner}`;
    return {
      objectId,
      naturalKey: bucket,
      name: bucket,
      parent: { type: 'aws_s3_bucket', objectId: bucket },
    };
  };
  return {
    ...overlay,
    forceNew: ['bucket', ...(overlay.forceNew ?? [])],
    identify,
    compute: (input) => ({
      id: identify(input.value)?.objectId,
      region: input.run.region,
      ...overlay.compute?.(input),
    }),
    parentMissing: ({ name }) =>
      `putting S3 bucket configuration (${name}): operation error S3: ${call}, https response error StatusCode: 404, ` +
      'NoSuchBucket: The specified bucket does not exist',
  };
}

const bucket: TypeOverlay = {
  forceNew: ['bucket', 'bucket_prefix', 'object_lock_enabled'],
  defaults: { force_destroy: false },
  names: (value) => ({ bucket: `${textAt(value, 'bucket_prefix') ?? 'terraform-'}${randomSuffix(26)}` }),
  identify: byAttribute('bucket'),
  compute: ({ value, run }) => {
    const name = textAt(value, 'bucket') ?? '';
    return {
      id: name,
      acceleration_status: '',
      arn: `arn:aws:s3:::${name}`,
      bucket_domain_name: `${name}.s3.sandbox.invalid`,
      bucket_prefix: '',
      bucket_region: run.region,
      bucket_regional_domain_name: `${name}.s3.${run.region}.sandbox.invalid`,
      hosted_zone_id: 'Z000000000SANDBOX',
      object_lock_enabled: false,
      policy: '',
      region: run.region,
      request_payer: 'BucketOwner',
    };
  },
  faultsOf: bucketFaults,
  alreadyExists: (_value, { name }) =>
    refusedCall(
      `creating S3 Bucket (${name})`,
      'S3',
      'CreateBucket',
      'BucketAlreadyExists: The requested bucket name is not available.',
    ),
};

export const s3Overlays: Readonly<Record<string, TypeOverlay>> = {
  aws_s3_bucket: bucket,
  aws_s3_bucket_versioning: setting('PutBucketVersioning', {
    forceNew: ['expected_bucket_owner'],
    compute: () => ({ 'versioning_configuration.mfa_delete': '' }),
    faultsOf: (value) => {
      const status = textAt(value, 'versioning_configuration.status');
      return status === undefined || ['Enabled', 'Suspended', 'Disabled'].includes(status)
        ? []
        : [`expected versioning_configuration.0.status to be Enabled, Suspended or Disabled, got ${status}`];
    },
  }),
  aws_s3_bucket_server_side_encryption_configuration: setting('PutBucketEncryption', {
    forceNew: ['expected_bucket_owner'],
  }),
  aws_s3_bucket_public_access_block: setting('PutPublicAccessBlock', {
    defaults: {
      block_public_acls: false,
      block_public_policy: false,
      ignore_public_acls: false,
      restrict_public_buckets: false,
    },
  }),
  aws_s3_bucket_lifecycle_configuration: setting('PutBucketLifecycleConfiguration', {
    forceNew: ['expected_bucket_owner'],
    compute: () => ({
      expected_bucket_owner: '',
      'rule.expiration.days': 0,
      'rule.expiration.expired_object_delete_marker': false,
      'rule.filter.prefix': '',
      'rule.prefix': '',
      transition_default_minimum_object_size: 'all_storage_classes_128K',
    }),
  }),
  aws_s3_bucket_ownership_controls: setting('PutBucketOwnershipControls'),
  aws_s3_bucket_policy: setting('PutBucketPolicy'),
};
