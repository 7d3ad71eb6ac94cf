/** A stack with every type the sandbox serves, in the form that CDKTF writes: unset members left out. */
export interface Variant {
  readonly name?: string;
  readonly pods?: string;
  readonly chartVersion?: string;
  readonly password?: string;
}

export const providers = {
  terraform: {
    required_providers: {
      aws: { source: 'hashicorp/aws', version: '6.25.0' },
      kubernetes: { source: 'hashicorp/kubernetes', version: '2.38.0' },
      helm: { source: 'hashicorp/helm', version: '3.1.1' },
      random: { source: 'hashicorp/random', version: '3.7.2' },
    },
    backend: { local: { path: 'terraform.tfstate' } },
  },
  provider: {
    aws: [
      {
        region: 'eu-central-1',
        default_tags: [{ tags: { engine: 'terrace' } }],
        allowed_account_ids: ['${var.account}'],
      },
    ],
    kubernetes: [{ host: 'https://127.0.0.1:6443', token: 'none' }],
    helm: [{ kubernetes: { host: 'https://127.0.0.1:6443', token: 'none' } }],
    random: [{}],
  },
  variable: { account: { type: 'string', default: null } },
};

export function allTypes(accountId: string, variant: Variant = {}): object {
  const { name = 'acme', pods = '20', chartVersion = '1.2.3', password = 'correct-horse' } = variant;
  const namespace = '${kubernetes_namespace_v1.main.metadata[0].name}';
  const metadata = (own: string) => ({ name: own, namespace, labels: { 'app.kubernetes.io/name': name } });
  const container = {
    name: 'db',
    image: 'postgres:17',
    port: [{ container_port: 5432 }],
    resources: [{ limits: { cpu: '1', memory: '1Gi' } }],
    env: [{ name: 'PGDATA', value: '/data/pg' }],
  };
  return {
    ...providers,
    variable: { account: { type: 'string', default: accountId } },
    data: { aws_caller_identity: { me: {} } },
    resource: {
      random_id: { suffix: { byte_length: 4 } },
      kubernetes_namespace_v1: {
        main: { metadata: [{ name, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } }] },
      },
      kubernetes_resource_quota_v1: {
        main: { metadata: [metadata('quota')], spec: [{ hard: { pods, cpu: '4' } }] },
      },
      kubernetes_limit_range_v1: {
        main: {
          metadata: [metadata('limits')],
          spec: [{ limit: [{ type: 'Container', default: { cpu: '500m' } }] }],
        },
      },
      kubernetes_network_policy_v1: {
        main: {
          metadata: [metadata('deny')],
          spec: [
            {
              pod_selector: [{}],
              policy_types: ['Ingress', 'Egress'],
              egress: [{ ports: [{ port: '53', protocol: 'UDP' }], to: [{ namespace_selector: [{}] }] }],
            },
          ],
        },
      },
      kubernetes_secret_v1: {
        main: { metadata: [metadata('variables')], data: { PASSWORD: password, SHORT: 'x' } },
      },
      kubernetes_config_map_v1: { main: { metadata: [metadata('settings')], data: { MODE: 'live' } } },
      kubernetes_service_account_v1: { main: { metadata: [metadata('runner')] } },
      kubernetes_stateful_set_v1: {
        main: {
          metadata: [metadata('db')],
          spec: [
            {
              service_name: 'db',
              replicas: '1',
              selector: [{ match_labels: { app: 'db' } }],
              template: [
                {
                  metadata: [{ labels: { app: 'db' } }],
                  spec: [{ container: [container], security_context: [{ run_as_non_root: true }] }],
                },
              ],
              volume_claim_template: [
                {
                  metadata: [{ name: 'data' }],
                  spec: [{ access_modes: ['ReadWriteOnce'], resources: [{ requests: { storage: '10Gi' } }] }],
                },
              ],
            },
          ],
        },
      },
      kubernetes_service_v1: {
        main: {
          metadata: [metadata('db')],
          spec: [{ selector: { app: 'db' }, port: [{ name: 'pg', port: 5432 }] }],
        },
      },
      kubernetes_ingress_v1: {
        main: {
          metadata: [metadata('web')],
          spec: [
            {
              ingress_class_name: 'nginx',
              rule: [
                {
                  host: `${name}.example.com`,
                  http: [
                    {
                      path: [
                        {
                          path: '/',
                          path_type: 'Prefix',
                          backend: [{ service: [{ name: 'web', port: [{ number: 80 }] }] }],
                        },
                      ],
                    },
                  ],
                },
              ],
              tls: [{ hosts: [`${name}.example.com`], secret_name: 'web-tls' }],
            },
          ],
        },
      },
      helm_release: {
        main: {
          name: 'app',
          namespace,
          chart: 'app',
          repository: 'oci://charts.example.com/app',
          version: chartVersion,
          values: ['replicas: 2\n'],
          set: [{ name: 'host', value: '${aws_db_instance.main.address}' }],
          set_sensitive: [{ name: 'password', value: password }],
          depends_on: ['kubernetes_secret_v1.main'],
        },
      },
      aws_security_group: {
        main: { name, description: 'data', vpc_id: 'vpc-12345678', tags: { part: 'data' } },
      },
      aws_vpc_security_group_ingress_rule: {
        main: {
          security_group_id: '${aws_security_group.main.id}',
          ip_protocol: 'tcp',
          from_port: 5432,
          to_port: 5432,
          cidr_ipv4: '10.0.0.0/8',
        },
      },
      aws_vpc_security_group_egress_rule: {
        main: {
          security_group_id: '${aws_security_group.main.id}',
          ip_protocol: '-1',
          cidr_ipv4: '0.0.0.0/0',
        },
      },
      aws_db_subnet_group: { main: { name, subnet_ids: ['subnet-1', 'subnet-2'] } },
      aws_db_parameter_group: {
        main: { name, family: 'postgres17', parameter: [{ name: 'rds.force_ssl', value: '1' }] },
      },
      aws_db_instance: {
        main: {
          identifier: name,
          engine: 'postgres',
          engine_version: '17.4',
          instance_class: 'db.t4g.micro',
          allocated_storage: 20,
          db_name: 'app',
          username: 'app',
          password,
          storage_encrypted: true,
          db_subnet_group_name: '${aws_db_subnet_group.main.name}',
          parameter_group_name: '${aws_db_parameter_group.main.name}',
          vpc_security_group_ids: ['${aws_security_group.main.id}'],
          skip_final_snapshot: true,
          tags: { suffix: '${random_id.suffix.hex}' },
        },
      },
      aws_elasticache_subnet_group: { main: { name, subnet_ids: ['subnet-1', 'subnet-2'] } },
      aws_elasticache_replication_group: {
        main: {
          replication_group_id: name,
          description: 'cache',
          node_type: 'cache.t4g.micro',
          num_cache_clusters: 2,
          automatic_failover_enabled: true,
          transit_encryption_enabled: true,
          at_rest_encryption_enabled: 'true',
          auth_token: 'sixteen-chars-or-more',
          subnet_group_name: '${aws_elasticache_subnet_group.main.name}',
          security_group_ids: ['${aws_security_group.main.id}'],
        },
      },
    },
    output: {
      account: { value: '${data.aws_caller_identity.me.account_id}' },
      database: { value: '${aws_db_instance.main.endpoint}' },
      cache: { value: '${aws_elasticache_replication_group.main.primary_endpoint_address}' },
      ingress: { value: '${kubernetes_ingress_v1.main.status[0].load_balancer[0].ingress[0].hostname}' },
      release: { value: '${helm_release.main.status}' },
      suffix: { value: '${random_id.suffix.hex}' },
    },
  };
}

/** A namespace and one thing in it: the least stack. */
export function small(name: string, pods = '10'): object {
  return {
    ...providers,
    provider: { kubernetes: [{}] },
    resource: {
      kubernetes_namespace_v1: { main: { metadata: [{ name }] } },
      kubernetes_resource_quota_v1: {
        main: {
          metadata: [
            {
              name: 'quota',
              namespace: '${kubernetes_namespace_v1.main.metadata[0].name}',
              labels: { 'example.com/team': 'owners' },
            },
          ],
          spec: [{ hard: { pods } }],
        },
      },
    },
  };
}
