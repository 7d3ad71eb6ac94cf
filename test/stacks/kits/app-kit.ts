import { blueprint } from '../../../stacks/app/blueprint.js';
import { sharedCache, sharedDatabase } from '../data-shapes.js';
import { release, vpc } from '../inputs.js';
import { merged, type Kit } from './kit.js';

const managed = { network: vpc, releases: [release], ingress: { host: 'shop.example.com' } };

const severalReleases = [
  {
    ...release,
    name: 'web',
    after: ['search'],
    scaling: [
      { deployment: 'web-shop', autoscaling: { min: 2, max: 6 }, disruption: { min_available: '50%' } },
    ],
  },
  {
    ...release,
    name: 'search',
    chart: 'search',
    repository: 'oci://charts.example.com/search',
  },
];

const fullWorkloads = [
  { name: 'frontend', image: 'registry.example.com/shop/web:1.4.2', port: 8080, spread: 'zone' },
  {
    name: 'backend',
    image: `registry.example.com/shop/api@sha256:${'a'.repeat(64)}`,
    port: 9090,
    args: ['serve'],
    env: { A: '${b}' },
    health: { path: '/healthz' },
    autoscaling: { min: 2, max: 3 },
    disruption: { min_available: 1 },
    wait_for: ['search', { name: 'mail', host: 'mail.example.com', port: 587 }],
    user_id: 1000,
    read_only_root: true,
    scratch_paths: ['/tmp'],
  },
  {
    name: 'search',
    image: 'registry.example.com/shop/search:3.1.0',
    port: 9200,
    storage: { path: '/data', size: '5Gi' },
  },
];

const severalLife = {
  database: { mode: 'none' },
  annotations: { note: 'a' },
  priority_class: 'gold',
  releases: severalReleases,
  network: { egress: [{ name: 'web', cidr: '0.0.0.0/0', ports: [443] }] },
  ingress: { host: 'shop.example.com', gateway: { name: 'public', namespace: 'gateways' } },
  observability: { service_monitor: true },
};

const inCluster = {
  releases: [release],
  ingress: { host: 'shop.example.com' },
  variables: { A: '${not_a_reference}' },
  quota: { cpu: '8', memory: '32Gi' },
  migration: { image: 'registry.example.com/shop/api:1.4.2', args: ['migrate'] },
  workloads: fullWorkloads,
};

export const appKit: Kit = {
  blueprint,
  base: { network: vpc, quota: { cpu: '8', memory: '32Gi', storage: '100Gi' } },
  parameters: {
    namespace: { derived: {}, given: { namespace: 'shop' } },
    quota: { default: {}, large: { quota: { cpu: '16', memory: '64Gi', storage: '1Ti', pods: 200 } } },
    egress: {
      none: {},
      one: { network: { egress: [{ name: 'payments', cidr: '203.0.113.0/24', ports: [443] }] } },
      everywhere: {
        network: {
          egress: [
            { name: 'web', cidr: '0.0.0.0/0', except: ['10.0.0.0/8'], ports: [443] },
            { name: 'mail', namespace: 'mail', pod_labels: { app: 'relay' }, ports: [25] },
            { name: 'logs', namespace: 'logging', ports: [4317] },
          ],
        },
      },
      two: {
        network: {
          egress: [
            { name: 'mail', cidr: '198.51.100.7/32', ports: [25, 465] },
            { name: 'ntp', cidr: '192.0.2.0/24', ports: [123], protocol: 'UDP' },
          ],
        },
      },
    },
    namespace_details: {
      default: {},
      given: {
        labels: { 'example.com/cost-center': '42' },
        annotations: { note: '${b} any text' },
        pod_security: 'baseline',
        service_account: { role_arn: 'arn:aws:iam::123456789012:role/shop' },
      },
    },
    priority: { default: {}, gold: { priority_class: 'gold' } },
    observability: {
      off: {},
      on: { observability: { service_monitor: true, labels: { release: 'prometheus' } } },
    },
    variables: { none: {}, some: { variables: { LOG_LEVEL: 'info', A: '${b} %{c}' } } },
    database: {
      none: { database: { mode: 'none' } },
      in_cluster: { database: { mode: 'in_cluster' } },
      mysql_in_cluster: { database: { mode: 'in_cluster', engine: 'mysql', backup: { enabled: false } } },
      rds: { database: { mode: 'rds' } },
      mysql_on_rds: { database: { mode: 'rds', engine: 'mysql', password: 'managed' } },
      shared_schema: { database: sharedDatabase },
    },
    database_size: {
      small: {},
      medium: { database: { size: 'medium' } },
      large: { database: { size: 'large' } },
    },
    database_safety: {
      default: {},
      multi_az: { database: { multi_az: true, backup_days: 35 } },
      protected: { database: { deletion_protection: true, final_snapshot: false } },
      key: {
        database: {
          kms_key_arn: 'arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d-0000-4000-8000-000000000000',
        },
      },
    },
    cache: {
      none: { cache: { mode: 'none' } },
      in_cluster: { cache: { mode: 'in_cluster' } },
      elasticache: { cache: { mode: 'elasticache' } },
      replicated: { cache: { mode: 'elasticache', replicas: 2 } },
      serverless: { cache: { mode: 'elasticache', deployment: 'serverless' } },
      shared_namespace: { cache: sharedCache },
    },
    cache_size: { small: {}, medium: { cache: { size: 'medium' } }, large: { cache: { size: 'large' } } },
    releases: {
      none: {},
      chart: { releases: [release] },
      several: { releases: severalReleases },
    },
    migration: {
      none: {},
      some: { migration: { image: 'registry.example.com/shop/api:1.4.2', args: ['migrate'] } },
    },
    workloads: {
      none: {},
      plain: {
        workloads: [
          { name: 'frontend', image: 'registry.example.com/shop/web:1.4.2', port: 8080 },
          { name: 'backend', image: 'registry.example.com/shop/api:1.4.2', port: 9090, replicas: 2 },
        ],
      },
      full: { workloads: fullWorkloads },
    },
    ingress: {
      none: {},
      host: { ingress: { host: 'shop.example.com' } },
      derived: { ingress: { base_domain: 'example.com' } },
      annotated: {
        ingress: {
          host: 'shop.example.com',
          annotations: { 'nginx.ingress.kubernetes.io/proxy-body-size': '20m' },
        },
      },
      gateway: {
        ingress: { host: 'shop.example.com', gateway: { name: 'public', namespace: 'gateways' } },
      },
      paths: {
        ingress: {
          base_domain: 'example.com',
          subdomain: 'shop',
          tls: { secret_name: 'shop-tls' },
          paths: [
            { path: '/', service: 'frontend', port: 8080 },
            { path: '/api', service: 'backend', port: 9090 },
          ],
        },
      },
    },
  },
  everything: merged(managed, {
    migration: { image: 'registry.example.com/shop/api:1.4.2', args: ['migrate'] },
    workloads: fullWorkloads,
    releases: [...severalReleases, { ...release, set_secrets: { 'auth.password': 'DATABASE_PASSWORD' } }],
    priority_class: 'gold',
    observability: { service_monitor: true },
    network: { egress: [{ name: 'payments', cidr: '203.0.113.0/24', ports: [443] }] },
    database: { mode: 'rds' },
    cache: { mode: 'elasticache' },
  }),
  lives: [
    {
      name: 'in the cluster',
      first: inCluster,
      then: merged(inCluster, {
        quota: { cpu: '10' },
        database: { size: 'medium' },
        ingress: { host: 'new.example.com' },
        migration: { args: ['migrate', '--to', '2'] },
        workloads: [
          { ...fullWorkloads[0], replicas: 3, image: 'registry.example.com/shop/web:1.5.0' },
          { ...fullWorkloads[1], autoscaling: { min: 2, max: 4 } },
          { ...fullWorkloads[2], storage: { path: '/data', size: '6Gi' } },
        ],
      }),
      changed: {
        'helm_release.app': 'update',
        'kubernetes_config_map_v1.variables': 'update',
        'kubernetes_deployment_v1.workload_backend': 'update',
        'kubernetes_deployment_v1.workload_frontend': 'update',
        'kubernetes_deployment_v1.workload_search': 'update',
        'kubernetes_horizontal_pod_autoscaler_v2.workload_backend': 'update',
        'kubernetes_ingress_v1.ingress': 'update',
        'kubernetes_job_v1.migration': 'delete+create',
        'kubernetes_persistent_volume_claim_v1.workload_search': 'update',
        'kubernetes_resource_quota_v1.quota': 'update',
        'kubernetes_stateful_set_v1.database': 'update',
      },
    },
    {
      name: 'several releases behind a gateway',
      first: severalLife,
      then: merged(severalLife, {
        annotations: { note: 'b' },
        priority_class: 'silver',
        releases: [
          { ...severalReleases[0], version: '1.1.0', set_secrets: { 'auth.url': 'REDIS_URL' } },
          severalReleases[1],
        ],
        network: { egress: [{ name: 'web', cidr: '0.0.0.0/0', ports: [443, 8443] }] },
        ingress: { host: 'new.example.com' },
        observability: { path: '/stats' },
      }),
      changed: {
        'helm_release.search': 'update',
        'helm_release.web': 'update',
        'kubernetes_config_map_v1.variables': 'update',
        'kubernetes_manifest.ingress': 'update',
        'kubernetes_manifest.service_monitor': 'update',
        'kubernetes_namespace_v1.namespace': 'update',
        'kubernetes_network_policy_v1.network_egress_web': 'update',
        'kubernetes_resource_quota_v1.quota_priority': 'delete+create',
      },
    },
    {
      name: 'managed data services',
      first: merged(managed, {
        database: { mode: 'rds' },
        cache: { mode: 'elasticache' },
      }),
      then: merged(managed, {
        database: { mode: 'rds', size: 'large', storage_gb: 40, multi_az: true },
        cache: { mode: 'elasticache', replicas: 2 },
      }),
      changed: { 'aws_db_instance.database': 'update', 'aws_elasticache_replication_group.cache': 'update' },
    },
  ],
};
