import { sizingOf } from './spec-sizing.js';
import type { IspSpecV1 } from './spec.js';

/** The spec of `app@1` that makes the common part of an environment: namespace, quota, network, data services, variables, ingress. */
export function appSpecOf(spec: IspSpecV1): Readonly<Record<string, unknown>> {
  const { quota, databaseSize, databaseStorageGb, cacheSize } = sizingOf(spec);
  const { frontend, backend, database, cache } = spec;
  return {
    ...(spec.namespace === undefined ? {} : { namespace: spec.namespace }),
    quota,
    network: spec.network,
    variables: spec.variables,
    database: {
      ...database,
      size: databaseSize,
      ...(database.mode === 'in_cluster' || database.mode === 'rds'
        ? { storage_gb: leastStorage(database.mode, databaseStorageGb) }
        : {}),
    },
    cache: { ...cache, size: cacheSize },
    ...(spec.ingress === undefined
      ? {}
      : {
          ingress: {
            ...spec.ingress,
            paths: [
              { path: '/', service: 'frontend', port: frontend.port },
              { path: '/api', service: 'backend', port: backend.port },
            ],
          },
        }),
  };
}

/** RDS has no storage below 20 GB. */
function leastStorage(mode: string, storageGb: number): number {
  return mode === 'rds' ? Math.max(20, storageGb) : storageGb;
}
