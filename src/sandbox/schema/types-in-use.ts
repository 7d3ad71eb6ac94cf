export const providerNames = ['aws', 'kubernetes', 'helm', 'docker', 'postgresql', 'random'] as const;
export type ProviderName = (typeof providerNames)[number];

interface ProviderInUse {
  readonly source: string;
  /** Folder of the bindings in node_modules. */
  readonly bindings: string;
  /** Structures that are no blocks: nested attributes (plugin framework), or attributes of an object type (older SDK). */
  readonly structures: 'nested' | 'object';
  /** The older SDK may deviate from its plan; the protocol has a flag for that. */
  readonly legacyTypeSystem: boolean;
  /** Terraform type name -> folder of the binding below `lib/`. */
  readonly resources: Readonly<Record<string, string>>;
  readonly dataSources: Readonly<Record<string, string>>;
}

/** What the sandbox serves. A new type is one line here, and an overlay where the schema alone does not say enough. */
export const typesInUse: Record<ProviderName, ProviderInUse> = {
  aws: {
    source: 'registry.terraform.io/hashicorp/aws',
    bindings: '@cdktf/provider-aws',
    structures: 'object',
    legacyTypeSystem: true,
    resources: {
      aws_cloudwatch_log_group: 'cloudwatch-log-group',
      aws_db_instance: 'db-instance',
      aws_db_parameter_group: 'db-parameter-group',
      aws_db_subnet_group: 'db-subnet-group',
      aws_default_security_group: 'default-security-group',
      aws_eip: 'eip',
      aws_eks_access_entry: 'eks-access-entry',
      aws_eks_access_policy_association: 'eks-access-policy-association',
      aws_eks_addon: 'eks-addon',
      aws_eks_cluster: 'eks-cluster',
      aws_eks_node_group: 'eks-node-group',
      aws_elasticache_parameter_group: 'elasticache-parameter-group',
      aws_elasticache_replication_group: 'elasticache-replication-group',
      aws_elasticache_serverless_cache: 'elasticache-serverless-cache',
      aws_elasticache_subnet_group: 'elasticache-subnet-group',
      aws_elasticache_user: 'elasticache-user',
      aws_elasticache_user_group: 'elasticache-user-group',
      aws_flow_log: 'flow-log',
      aws_iam_openid_connect_provider: 'iam-openid-connect-provider',
      aws_iam_policy: 'iam-policy',
      aws_iam_role: 'iam-role',
      aws_iam_role_policy: 'iam-role-policy',
      aws_iam_role_policy_attachment: 'iam-role-policy-attachment',
      aws_internet_gateway: 'internet-gateway',
      aws_kms_alias: 'kms-alias',
      aws_kms_key: 'kms-key',
      aws_launch_template: 'launch-template',
      aws_nat_gateway: 'nat-gateway',
      aws_route: 'route',
      aws_route_table: 'route-table',
      aws_route_table_association: 'route-table-association',
      aws_s3_bucket: 's3-bucket',
      aws_s3_bucket_lifecycle_configuration: 's3-bucket-lifecycle-configuration',
      aws_s3_bucket_ownership_controls: 's3-bucket-ownership-controls',
      aws_s3_bucket_policy: 's3-bucket-policy',
      aws_s3_bucket_public_access_block: 's3-bucket-public-access-block',
      aws_s3_bucket_server_side_encryption_configuration: 's3-bucket-server-side-encryption-configuration',
      aws_s3_bucket_versioning: 's3-bucket-versioning',
      aws_secretsmanager_secret: 'secretsmanager-secret',
      aws_secretsmanager_secret_version: 'secretsmanager-secret-version',
      aws_security_group: 'security-group',
      aws_subnet: 'subnet',
      aws_vpc: 'vpc',
      aws_vpc_endpoint: 'vpc-endpoint',
      aws_vpc_endpoint_route_table_association: 'vpc-endpoint-route-table-association',
      aws_vpc_security_group_egress_rule: 'vpc-security-group-egress-rule',
      aws_vpc_security_group_ingress_rule: 'vpc-security-group-ingress-rule',
    },
    dataSources: {
      aws_availability_zones: 'data-aws-availability-zones',
      aws_caller_identity: 'data-aws-caller-identity',
      aws_eks_cluster: 'data-aws-eks-cluster',
      aws_eks_cluster_auth: 'data-aws-eks-cluster-auth',
      aws_partition: 'data-aws-partition',
      aws_region: 'data-aws-region',
    },
  },
  kubernetes: {
    source: 'registry.terraform.io/hashicorp/kubernetes',
    bindings: '@cdktf/provider-kubernetes',
    structures: 'object',
    legacyTypeSystem: true,
    resources: {
      kubernetes_config_map_v1: 'config-map-v1',
      kubernetes_cron_job_v1: 'cron-job-v1',
      kubernetes_daemon_set_v1: 'daemon-set-v1',
      kubernetes_deployment_v1: 'deployment-v1',
      kubernetes_ingress_v1: 'ingress-v1',
      kubernetes_job_v1: 'job-v1',
      kubernetes_limit_range_v1: 'limit-range-v1',
      kubernetes_namespace_v1: 'namespace-v1',
      kubernetes_network_policy_v1: 'network-policy-v1',
      kubernetes_resource_quota_v1: 'resource-quota-v1',
      kubernetes_secret_v1: 'secret-v1',
      kubernetes_service_account_v1: 'service-account-v1',
      kubernetes_service_v1: 'service-v1',
      kubernetes_stateful_set_v1: 'stateful-set-v1',
    },
    dataSources: {},
  },
  helm: {
    source: 'registry.terraform.io/hashicorp/helm',
    bindings: '@cdktf/provider-helm',
    structures: 'nested',
    legacyTypeSystem: false,
    resources: { helm_release: 'release' },
    dataSources: {},
  },
  docker: {
    source: 'registry.terraform.io/kreuzwerker/docker',
    bindings: '@cdktf/provider-docker',
    structures: 'object',
    legacyTypeSystem: true,
    resources: {
      docker_container: 'container',
      docker_image: 'image',
      docker_network: 'network',
      docker_volume: 'volume',
    },
    dataSources: {},
  },
  postgresql: {
    source: 'registry.terraform.io/cyrilgdn/postgresql',
    bindings: '@cdktf/provider-postgresql',
    structures: 'object',
    legacyTypeSystem: true,
    resources: {
      postgresql_database: 'database',
      postgresql_default_privileges: 'default-privileges',
      postgresql_extension: 'extension',
      postgresql_grant: 'grant',
      postgresql_role: 'role',
      postgresql_schema: 'schema',
    },
    dataSources: {},
  },
  random: {
    source: 'registry.terraform.io/hashicorp/random',
    bindings: '@cdktf/provider-random',
    structures: 'nested',
    legacyTypeSystem: false,
    resources: { random_id: 'id' },
    dataSources: {},
  },
};
