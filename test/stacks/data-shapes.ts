import { vpc } from './inputs.js';

export const sharedDatabase = {
  mode: 'shared_schema',
  shared_server: { host: 'postgres.shared.example.com', database: 'tenants', cidr: '10.1.0.0/24' },
};

export const sharedCache = {
  mode: 'shared_namespace',
  shared_server: {
    host: 'valkey.shared-data.svc',
    namespace: 'shared-data',
    administrator: { namespace: 'shared-data', secret: 'valkey-administrator' },
  },
};

export const none = { database: { mode: 'none' }, cache: { mode: 'none' } };

/** Each form of a data service, alone in its environment, with what else it needs. */
export const dataShapes: Readonly<Record<string, Record<string, unknown>>> = {
  'postgres in the cluster': { ...none, database: { mode: 'in_cluster', version: '15' } },
  'mysql in the cluster': {
    ...none,
    database: { mode: 'in_cluster', engine: 'mysql', storage_class: 'gp3' },
  },
  'without backups': { ...none, database: { mode: 'in_cluster', backup: { enabled: false } } },
  'postgres on rds': {
    ...none,
    network: vpc,
    database: {
      mode: 'rds',
      size: 'medium',
      max_storage_gb: 200,
      backup_window: '02:00-03:00',
      maintenance_window: 'sun:03:30-sun:04:30',
      performance_insights: true,
      kms_key_arn: 'arn:aws:kms:eu-central-1:123456789012:key/a-b',
    },
  },
  'mysql on rds, its password kept by AWS': {
    ...none,
    network: vpc,
    database: { mode: 'rds', engine: 'mysql', version: '8.0', password: 'managed' },
  },
  'a schema on a shared server': { ...none, database: sharedDatabase },
  'valkey in the cluster': { ...none, cache: { mode: 'in_cluster' } },
  'a group of nodes on elasticache': {
    ...none,
    network: vpc,
    cache: { mode: 'elasticache', replicas: 2, snapshot_days: 3 },
  },
  'serverless on elasticache': {
    ...none,
    network: vpc,
    cache: { mode: 'elasticache', deployment: 'serverless', size: 'medium' },
  },
  'a namespace on a shared server': { ...none, cache: sharedCache },
};
