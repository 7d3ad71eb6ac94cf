import { instances, type InstanceService } from '../../src/sizing/instance-table.js';
import { cpuCores, gigabytes } from '../../src/spec/quantity.js';
import {
  cacheSizes,
  databaseSizes,
  serverlessLimits,
  type DatabaseEngine,
  type DataSizeFacts,
} from '../../src/spec/sizes.js';
import type { RequestedTotals } from '../../src/spec/blueprint.js';
import type { AppSpecV1 } from './spec.js';

type Spec = Pick<AppSpecV1, 'database' | 'cache'>;
type Stored = { readonly database: Pick<AppSpecV1['database'], 'mode' | 'storage_gb' | 'backup'> };

/** Major versions of each engine; the last is the default. */
export const databaseVersions = {
  postgres: ['15', '16', '17'],
  mysql: ['8.0', '8.4'],
} as const satisfies Record<DatabaseEngine, readonly string[]>;

/** The major version of the database: that of the spec or the engine's default. */
export function databaseVersion({ database: { engine, version } }: Spec): string {
  return version ?? databaseVersions[engine].at(-1) ?? '';
}

export function databasePort({ database }: Spec): number {
  if (database.mode === 'shared_schema') return database.shared_server?.port ?? 5432;
  return database.engine === 'mysql' ? 3306 : 5432;
}

export function cachePort({ cache }: Spec): number {
  return cache.mode === 'shared_namespace' ? (cache.shared_server?.port ?? 6379) : 6379;
}

/** What the database gets: numbers or an instance of the caller's own, else those of its size. */
export function databaseSizeOf({ database }: Pick<Spec, 'database'>): DataSizeFacts {
  return factsOf('rds', databaseSizes[database.size], database);
}

/** As databaseSizeOf, for the cache. */
export function cacheSizeOf({ cache }: Pick<Spec, 'cache'>): DataSizeFacts {
  return factsOf('elasticache', cacheSizes[cache.size], cache);
}

function factsOf(
  service: InstanceService,
  named: DataSizeFacts,
  own: Pick<AppSpecV1['cache'], 'resources' | 'instance'>,
): DataSizeFacts {
  const known = instances[service].find(({ name }) => name === own.instance);
  return {
    ...named,
    ...own.resources,
    ...(known
      ? { instance: known.name, instanceCpuCores: known.cpuCores, instanceMemoryGb: known.memoryGb }
      : {}),
  };
}

/** Storage of a database of its own in GB; 0 when there is none. */
export function databaseStorageGb({ database }: Stored): number {
  if (database.mode === 'none' || database.mode === 'shared_schema') return 0;
  return database.storage_gb ?? (database.mode === 'rds' ? 20 : 10);
}

/** Room for the dumps of a database in the cluster in GB; 0 when none are taken. */
export function backupStorageGb(spec: Stored): number {
  const { mode, backup } = spec.database;
  return mode === 'in_cluster' && backup.enabled ? (backup.storage_gb ?? databaseStorageGb(spec)) : 0;
}

/** Requests and limits of a pod that takes or prunes dumps. */
export const backupPod = { cpu: '250m', memory: '256Mi' } as const;

/** What the data services take of the quota in the cluster. */
export function dataInCluster(spec: Spec): RequestedTotals {
  const { database, cache } = spec;
  const pods = [
    ...(database.mode === 'in_cluster' ? [databaseSizeOf(spec)] : []),
    ...(backupStorageGb(spec) > 0 ? [backupPod] : []),
    ...(cache.mode === 'in_cluster' ? [cacheSizeOf(spec)] : []),
  ];
  return {
    cpuCores: sum(pods.map((pod) => cpuCores(pod.cpu))),
    memoryGb: sum(pods.map((pod) => gigabytes(pod.memory))),
    storageGb: database.mode === 'in_cluster' ? databaseStorageGb(spec) + backupStorageGb(spec) : 0,
  };
}

/** What managed instances have, standbys and replicas counted; a serverless cache counts with its limit. */
export function managedData(spec: Spec): RequestedTotals {
  const { database, cache } = spec;
  const serverless = cache.mode === 'elasticache' && cache.deployment === 'serverless';
  const databases = database.mode === 'rds' ? (database.multi_az ? 2 : 1) : 0;
  const caches = cache.mode === 'elasticache' && !serverless ? 1 + cache.replicas : 0;
  const instances = [
    ...Array.from({ length: databases }, () => databaseSizeOf(spec)),
    ...Array.from({ length: caches }, () => cacheSizeOf(spec)),
  ];
  return {
    cpuCores: sum(instances.map((one) => one.instanceCpuCores)),
    memoryGb:
      sum(instances.map((one) => one.instanceMemoryGb)) +
      (serverless ? serverlessLimits[cache.size].dataGb : 0),
    storageGb: database.mode === 'rds' ? databaseStorageGb(spec) : 0,
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
