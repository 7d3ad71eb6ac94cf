import { blueprint } from '../../../stacks/app/blueprint.js';
import { release, vpc } from '../inputs.js';
import { merged, type Kit } from './kit.js';

const managed = { network: vpc, release, ingress: { host: 'shop.example.com' } };
const common = { release, ingress: { host: 'shop.example.com' }, variables: { A: '${not_a_reference}' } };

export const appKit: Kit = {
  blueprint,
  base: { network: vpc, quota: { cpu: '8', memory: '32Gi', storage: '100Gi' } },
  parameters: {
    namespace: { derived: {}, given: { namespace: 'shop' } },
    quota: { default: {}, large: { quota: { cpu: '16', memory: '64Gi', storage: '1Ti', pods: 200 } } },
    egress: {
      none: {},
      one: { network: { egress: [{ name: 'payments', cidr: '203.0.113.0/24', ports: [443] }] } },
      two: {
        network: {
          egress: [
            { name: 'mail', cidr: '198.51.100.7/32', ports: [25, 465] },
            { name: 'ntp', cidr: '192.0.2.0/24', ports: [123], protocol: 'UDP' },
          ],
        },
      },
    },
    variables: { none: {}, some: { variables: { LOG_LEVEL: 'info', A: '${b} %{c}' } } },
    database: {
      none: { database: { mode: 'none' } },
      in_cluster: { database: { mode: 'in_cluster' } },
      rds: { database: { mode: 'rds' } },
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
    },
    cache_size: { small: {}, medium: { cache: { size: 'medium' } }, large: { cache: { size: 'large' } } },
    release: { none: {}, chart: { release } },
    ingress: {
      none: {},
      host: { ingress: { host: 'shop.example.com' } },
      derived: { ingress: { base_domain: 'example.com' } },
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
    network: { egress: [{ name: 'payments', cidr: '203.0.113.0/24', ports: [443] }] },
    database: { mode: 'rds' },
    cache: { mode: 'elasticache' },
  }),
  lives: [
    {
      name: 'in the cluster',
      first: common,
      then: merged(common, {
        quota: { cpu: '6' },
        database: { size: 'medium' },
        ingress: { host: 'new.example.com' },
      }),
      changed: {
        'helm_release.app': 'update',
        'kubernetes_config_map_v1.variables': 'update',
        'kubernetes_ingress_v1.ingress': 'update',
        'kubernetes_resource_quota_v1.quota': 'update',
        'kubernetes_stateful_set_v1.database': 'update',
      },
    },
    {
      name: 'managed data services',
      first: merged(managed, {
        database: { mode: 'rds', final_snapshot: false },
        cache: { mode: 'elasticache' },
      }),
      then: merged(managed, {
        database: { mode: 'rds', final_snapshot: false, size: 'large', storage_gb: 40, multi_az: true },
        cache: { mode: 'elasticache', replicas: 2 },
      }),
      changed: { 'aws_db_instance.database': 'update', 'aws_elasticache_replication_group.cache': 'update' },
    },
  ],
};
