import type { TypeFacts } from './ground-truth.js';

/** Provider hashicorp/aws 6.25: clusters, roles and keys. */
export const clusterFacts: Readonly<Record<string, TypeFacts>> = {
  aws_eks_cluster: {
    required: ['name', 'role_arn', 'vpc_config.subnet_ids'],
    computed: ['arn', 'certificate_authority', 'endpoint', 'identity', 'platform_version', 'status'],
    replaces: ['name', 'role_arn', 'kubernetes_network_config.service_ipv4_cidr'],
    updates: [
      'version',
      'enabled_cluster_log_types',
      'access_config.authentication_mode',
      'vpc_config.endpoint_public_access',
      'vpc_config.public_access_cidrs',
      'vpc_config.subnet_ids',
    ],
    defaults: {
      bootstrap_self_managed_addons: true,
      'vpc_config.endpoint_private_access': false,
      'vpc_config.endpoint_public_access': true,
    },
    atMostOne: ['vpc_config', 'encryption_config', 'encryption_config.provider'],
  },
  aws_eks_node_group: {
    required: ['cluster_name', 'node_role_arn', 'subnet_ids', 'scaling_config.desired_size'],
    computed: ['arn', 'resources', 'status'],
    replaces: ['ami_type', 'capacity_type', 'cluster_name', 'instance_types', 'subnet_ids', 'disk_size'],
    updates: ['labels', 'taint', 'scaling_config.max_size', 'version', 'release_version'],
    atMostOne: ['scaling_config', 'update_config'],
  },
  aws_eks_addon: {
    required: ['addon_name', 'cluster_name'],
    replaces: ['addon_name', 'cluster_name'],
    updates: ['addon_version', 'configuration_values', 'service_account_role_arn'],
  },
  aws_eks_access_entry: {
    required: ['cluster_name', 'principal_arn'],
    replaces: ['cluster_name', 'principal_arn', 'type'],
    updates: ['kubernetes_groups', 'user_name', 'tags'],
    defaults: { type: 'STANDARD' },
  },
  aws_eks_access_policy_association: {
    required: ['cluster_name', 'policy_arn', 'principal_arn', 'access_scope.type'],
    replaces: ['cluster_name', 'policy_arn', 'principal_arn', 'access_scope.type'],
    atMostOne: ['access_scope'],
  },
  aws_iam_openid_connect_provider: {
    required: ['url', 'client_id_list'],
    computed: ['arn'],
    replaces: ['url'],
    updates: ['client_id_list', 'thumbprint_list', 'tags'],
  },
  aws_iam_role: {
    required: ['assume_role_policy'],
    computed: ['arn', 'create_date', 'unique_id'],
    replaces: ['name', 'name_prefix', 'path'],
    updates: ['assume_role_policy', 'description', 'max_session_duration', 'permissions_boundary', 'tags'],
    defaults: { path: '/', max_session_duration: 3600, force_detach_policies: false },
  },
  aws_iam_role_policy: { required: ['policy', 'role'], replaces: ['name', 'role'], updates: ['policy'] },
  aws_iam_role_policy_attachment: {
    required: ['policy_arn', 'role'],
    replaces: ['policy_arn', 'role'],
  },
  aws_iam_policy: {
    required: ['policy'],
    computed: ['arn', 'policy_id', 'attachment_count'],
    replaces: ['name', 'name_prefix', 'path', 'description'],
    updates: ['policy', 'tags'],
    defaults: { path: '/' },
  },
  aws_kms_key: {
    computed: ['arn', 'key_id'],
    replaces: ['customer_master_key_spec', 'key_usage', 'multi_region'],
    updates: [
      'description',
      'enable_key_rotation',
      'is_enabled',
      'policy',
      'deletion_window_in_days',
      'tags',
    ],
    defaults: {
      customer_master_key_spec: 'SYMMETRIC_DEFAULT',
      enable_key_rotation: false,
      is_enabled: true,
      key_usage: 'ENCRYPT_DECRYPT',
    },
  },
  aws_kms_alias: { required: ['target_key_id'], replaces: ['name'], updates: ['target_key_id'] },
  aws_launch_template: {
    computed: ['arn', 'latest_version'],
    replaces: ['name', 'name_prefix'],
    updates: ['image_id', 'instance_type', 'user_data', 'tags'],
  },
};
