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
    variables: { ...serviceVariables(spec), ...spec.variables },
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

/** Where frontend and backend find the services; a variable of the caller wins. */
function serviceVariables({ services }: IspSpecV1): Record<string, string> {
  const { radius, netbox, genieacs, librenms, prometheus } = services;
  return {
    ...(radius.enabled ? { RADIUS_SCHEMA: 'radius' } : {}),
    ...(netbox.enabled ? { NETBOX_URL: 'http://netbox:8080' } : {}),
    ...(genieacs.enabled ? { GENIEACS_NBI_URL: 'http://genieacs-nbi:7557' } : {}),
    ...(librenms.enabled ? { LIBRENMS_URL: 'http://librenms:8000' } : {}),
    ...(prometheus.enabled ? { PROMETHEUS_URL: 'http://prometheus:9090' } : {}),
  };
}
