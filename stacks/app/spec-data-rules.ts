import { cpuCores, gigabytes } from '../../src/spec/quantity.js';
import type { SpecRule } from '../../src/spec/spec-rule.js';
import { cacheRules } from './spec-data-cache-rules.js';
import { databaseRules } from './spec-data-database-rules.js';
import { dataInCluster } from './spec-data-facts.js';
import type { AppSpecV1 } from './spec.js';

const managed = (spec: AppSpecV1) => spec.database.mode === 'rds' || spec.cache.mode === 'elasticache';

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
  ...databaseRules,
  {
    path: 'quota.storage',
    when: (spec) => dataInCluster(spec).storageGb > gigabytes(spec.quota.storage),
    message:
      'is less than the database in the cluster and its backups need; raise it or lower database.storage_gb',
  },
  {
    path: 'quota.cpu',
    when: (spec) => dataInCluster(spec).cpuCores > cpuCores(spec.quota.cpu),
    message: 'is less than the database and cache in the cluster need; raise it or choose smaller sizes',
  },
  {
    path: 'quota.memory',
    when: (spec) => dataInCluster(spec).memoryGb > gigabytes(spec.quota.memory),
    message: 'is less than the database and cache in the cluster need; raise it or choose smaller sizes',
  },
  ...cacheRules,
];
