import { cpuCores, gigabytes } from '../../src/spec/quantity.js';
import { cacheSizes, databaseSizes, type DataSize } from '../../src/spec/sizes.js';
import type { SpecRule } from '../../src/spec/spec-rule.js';
import type { AppSpecV1 } from './spec.js';

const managed = (spec: AppSpecV1) => spec.database.mode === 'rds' || spec.cache.mode === 'elasticache';
const rdsOnly = (field: string) => `${field} needs database.mode "rds"`;

/** The rules of database and cache. */
export const dataRules: readonly SpecRule<AppSpecV1>[] = [
  {
    path: 'network.vpc_id',
    when: (spec) => managed(spec) && spec.network.vpc_id === undefined,
    message: 'is required when database.mode is "rds" or cache.mode is "elasticache"',
  },
  {
    path: 'network.vpc_cidr',
    when: (spec) => managed(spec) && spec.network.vpc_cidr === undefined,
    message: 'is required when database.mode is "rds" or cache.mode is "elasticache"',
  },
  {
    path: 'network.subnet_ids',
    when: (spec) => managed(spec) && new Set(spec.network.subnet_ids).size < 2,
    message: 'needs at least two subnets when database.mode is "rds" or cache.mode is "elasticache"',
  },
  {
    path: 'database.multi_az',
    when: ({ database }) => database.multi_az && database.mode !== 'rds',
    message: rdsOnly('multi_az'),
  },
  {
    path: 'database.deletion_protection',
    when: ({ database }) => database.deletion_protection && database.mode !== 'rds',
    message: rdsOnly('deletion_protection'),
  },
  {
    path: 'database.kms_key_arn',
    when: ({ database }) => database.kms_key_arn !== undefined && database.mode !== 'rds',
    message: rdsOnly('kms_key_arn'),
  },
  {
    path: 'database.storage_gb',
    when: ({ database }) => database.mode === 'none' && database.storage_gb !== undefined,
    message: 'is of no use while database.mode is "none"',
  },
  {
    path: 'database.storage_gb',
    when: ({ database }) => database.mode === 'rds' && (database.storage_gb ?? 20) < 20,
    message: 'must be at least 20 when database.mode is "rds"',
  },
  {
    path: 'quota.storage',
    when: ({ database, quota }) =>
      database.mode === 'in_cluster' && (database.storage_gb ?? 10) > gigabytes(quota.storage),
    message: 'is less than the database in the cluster needs; raise it or lower database.storage_gb',
  },
  {
    path: 'quota.cpu',
    when: (spec) => dataInCluster(spec, 'cpu', cpuCores) > cpuCores(spec.quota.cpu),
    message: 'is less than the database and cache in the cluster need; raise it or choose smaller sizes',
  },
  {
    path: 'quota.memory',
    when: (spec) => dataInCluster(spec, 'memory', gigabytes) > gigabytes(spec.quota.memory),
    message: 'is less than the database and cache in the cluster need; raise it or choose smaller sizes',
  },
  {
    path: 'cache.replicas',
    when: ({ cache }) => cache.replicas > 0 && cache.mode !== 'elasticache',
    message: 'replicas need cache.mode "elasticache"',
  },
];

/** What database and cache in the cluster request together. */
export function dataInCluster(
  spec: AppSpecV1,
  what: 'cpu' | 'memory',
  read: (text: string) => number,
): number {
  const need = (mode: string, sizes: typeof databaseSizes, size: DataSize) =>
    mode === 'in_cluster' ? read(sizes[size][what]) : 0;
  return (
    need(spec.database.mode, databaseSizes, spec.database.size) +
    need(spec.cache.mode, cacheSizes, spec.cache.size)
  );
}
