import type { TypeFacts } from './ground-truth.js';

/** Provider hashicorp/aws 6.25: buckets, databases, caches and secrets. */
export const dataFacts: Readonly<Record<string, TypeFacts>> = {
  aws_s3_bucket: {
    computed: ['arn', 'bucket_domain_name', 'bucket_regional_domain_name'],
    replaces: ['bucket', 'bucket_prefix', 'object_lock_enabled'],
    updates: ['force_destroy', 'tags'],
    defaults: { force_destroy: false },
  },
  aws_s3_bucket_versioning: {
    required: ['bucket', 'versioning_configuration.status'],
    replaces: ['bucket', 'expected_bucket_owner'],
    updates: ['versioning_configuration.status'],
    atMostOne: ['versioning_configuration'],
  },
  aws_s3_bucket_server_side_encryption_configuration: {
    required: ['bucket', 'rule.apply_server_side_encryption_by_default.sse_algorithm'],
    replaces: ['bucket', 'expected_bucket_owner'],
    updates: ['rule'],
  },
  aws_s3_bucket_public_access_block: {
    required: ['bucket'],
    replaces: ['bucket'],
    updates: ['block_public_acls', 'block_public_policy', 'ignore_public_acls', 'restrict_public_buckets'],
    defaults: { block_public_acls: false, restrict_public_buckets: false },
  },
  aws_s3_bucket_lifecycle_configuration: {
    required: ['bucket', 'rule.id', 'rule.status'],
    replaces: ['bucket'],
    updates: ['rule'],
  },
  aws_s3_bucket_ownership_controls: {
    required: ['bucket', 'rule.object_ownership'],
    replaces: ['bucket'],
    updates: ['rule.object_ownership'],
  },
  aws_s3_bucket_policy: { required: ['bucket', 'policy'], replaces: ['bucket'], updates: ['policy'] },
  aws_db_instance: {
    required: ['instance_class'],
    computed: ['address', 'arn', 'endpoint', 'master_user_secret', 'resource_id', 'status'],
    replaces: ['db_name', 'engine', 'username', 'storage_encrypted', 'kms_key_id', 'availability_zone'],
    updates: [
      'allocated_storage',
      'backup_retention_period',
      'deletion_protection',
      'engine_version',
      'instance_class',
      'manage_master_user_password',
      'max_allocated_storage',
      'monitoring_interval',
      'multi_az',
      'parameter_group_name',
      'performance_insights_enabled',
      'vpc_security_group_ids',
    ],
    sensitive: ['password', 'password_wo'],
    defaults: { publicly_accessible: false, skip_final_snapshot: false, auto_minor_version_upgrade: true },
  },
  aws_elasticache_replication_group: {
    required: ['description', 'replication_group_id'],
    computed: ['arn', 'primary_endpoint_address', 'reader_endpoint_address', 'member_clusters'],
    replaces: ['replication_group_id', 'subnet_group_name', 'at_rest_encryption_enabled', 'kms_key_id'],
    updates: ['description', 'node_type', 'num_cache_clusters', 'snapshot_retention_limit', 'auth_token'],
    sensitive: ['auth_token'],
  },
  aws_elasticache_serverless_cache: {
    required: ['engine', 'name'],
    computed: ['arn', 'endpoint', 'reader_endpoint', 'status'],
    replaces: ['name', 'kms_key_id', 'subnet_ids', 'snapshot_arns_to_restore'],
    updates: ['description', 'security_group_ids', 'snapshot_retention_limit', 'user_group_id'],
  },
  aws_elasticache_user: {
    required: ['access_string', 'engine', 'user_id', 'user_name'],
    computed: ['arn'],
    replaces: ['user_id', 'user_name'],
    updates: ['access_string', 'engine', 'passwords', 'no_password_required'],
    sensitive: ['authentication_mode.passwords', 'passwords'],
    defaults: { no_password_required: false },
  },
  aws_elasticache_user_group: { required: ['engine', 'user_group_id'], updates: ['user_ids', 'tags'] },
  aws_secretsmanager_secret: {
    computed: ['arn'],
    replaces: ['name', 'name_prefix'],
    updates: ['description', 'kms_key_id', 'policy', 'recovery_window_in_days', 'tags'],
    defaults: { recovery_window_in_days: 30, force_overwrite_replica_secret: false },
  },
  aws_secretsmanager_secret_version: {
    required: ['secret_id'],
    computed: ['arn', 'version_id'],
    replaces: ['secret_id', 'secret_string', 'secret_binary'],
    updates: ['version_stages'],
  },
};
