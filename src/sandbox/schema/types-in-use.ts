export const providerNames = ['aws', 'kubernetes', 'helm', 'random'] as const;
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
      aws_db_instance: 'db-instance',
      aws_db_parameter_group: 'db-parameter-group',
      aws_db_subnet_group: 'db-subnet-group',
      aws_elasticache_replication_group: 'elasticache-replication-group',
      aws_elasticache_subnet_group: 'elasticache-subnet-group',
      aws_security_group: 'security-group',
      aws_vpc_security_group_egress_rule: 'vpc-security-group-egress-rule',
      aws_vpc_security_group_ingress_rule: 'vpc-security-group-ingress-rule',
    },
    dataSources: { aws_caller_identity: 'data-aws-caller-identity' },
  },
  kubernetes: {
    source: 'registry.terraform.io/hashicorp/kubernetes',
    bindings: '@cdktf/provider-kubernetes',
    structures: 'object',
    legacyTypeSystem: true,
    resources: {
      kubernetes_config_map_v1: 'config-map-v1',
      kubernetes_ingress_v1: 'ingress-v1',
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
  random: {
    source: 'registry.terraform.io/hashicorp/random',
    bindings: '@cdktf/provider-random',
    structures: 'nested',
    legacyTypeSystem: false,
    resources: { random_id: 'id' },
    dataSources: {},
  },
};
