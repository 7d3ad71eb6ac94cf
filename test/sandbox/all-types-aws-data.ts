import type { Variant } from './all-types.js';

const bucket = '${aws_s3_bucket.main.id}';

/** Buckets, secrets, and what caches and nodes need besides. */
export const dataTypes = ({ name, password }: Pick<Required<Variant>, 'name' | 'password'>) => ({
  aws_s3_bucket: { main: { bucket: `${name}-files` } },
  aws_s3_bucket_versioning: { main: { bucket, versioning_configuration: [{ status: 'Enabled' }] } },
  aws_s3_bucket_server_side_encryption_configuration: {
    main: {
      bucket,
      rule: [
        {
          bucket_key_enabled: true,
          apply_server_side_encryption_by_default: [
            { sse_algorithm: 'aws:kms', kms_master_key_id: '${aws_kms_key.main.arn}' },
          ],
        },
      ],
    },
  },
  aws_s3_bucket_public_access_block: {
    main: {
      bucket,
      block_public_acls: true,
      block_public_policy: true,
      ignore_public_acls: true,
      restrict_public_buckets: true,
    },
  },
  aws_s3_bucket_lifecycle_configuration: {
    main: {
      bucket,
      rule: [
        {
          id: 'archive',
          status: 'Enabled',
          filter: [{}],
          transition: [{ days: 30, storage_class: 'STANDARD_IA' }],
          noncurrent_version_expiration: [{ noncurrent_days: 90 }],
          abort_incomplete_multipart_upload: [{ days_after_initiation: 7 }],
        },
        { id: 'tidy', status: 'Enabled', filter: [{ prefix: 'tmp/' }], expiration: [{ days: 1 }] },
      ],
    },
  },
  aws_s3_bucket_ownership_controls: {
    main: { bucket, rule: [{ object_ownership: 'BucketOwnerEnforced' }] },
  },
  aws_s3_bucket_policy: {
    main: { bucket, policy: JSON.stringify({ Version: '2012-10-17', Statement: [] }) },
  },
  aws_secretsmanager_secret: { main: { name: `${name}/database`, recovery_window_in_days: 7 } },
  aws_secretsmanager_secret_version: {
    main: { secret_id: '${aws_secretsmanager_secret.main.id}', secret_string: `${password}-in-a-secret` },
  },
  aws_elasticache_parameter_group: {
    main: { name, family: 'valkey8', parameter: [{ name: 'maxmemory-policy', value: 'allkeys-lru' }] },
  },
  aws_elasticache_user: {
    main: {
      user_id: name,
      user_name: 'app',
      engine: 'valkey',
      access_string: 'on ~app:* +@all -@dangerous',
      passwords: [`${password}-of-a-user`],
    },
  },
  aws_elasticache_user_group: {
    main: { user_group_id: name, engine: 'valkey', user_ids: ['${aws_elasticache_user.main.user_id}'] },
  },
  aws_elasticache_serverless_cache: {
    main: {
      name,
      engine: 'valkey',
      major_engine_version: '8',
      subnet_ids: ['${aws_subnet.main.id}'],
      security_group_ids: ['${aws_security_group.main.id}'],
      user_group_id: '${aws_elasticache_user_group.main.id}',
      cache_usage_limits: [
        { data_storage: [{ maximum: 10, unit: 'GB' }], ecpu_per_second: [{ maximum: 5000 }] },
      ],
    },
  },
  aws_launch_template: {
    main: {
      name,
      vpc_security_group_ids: ['${aws_security_group.main.id}'],
      block_device_mappings: [
        { device_name: '/dev/xvda', ebs: [{ volume_size: 50, volume_type: 'gp3', encrypted: 'true' }] },
      ],
      metadata_options: [{ http_tokens: 'required', http_put_response_hop_limit: 1 }],
      tag_specifications: [{ resource_type: 'instance', tags: { Name: name } }],
    },
  },
});
