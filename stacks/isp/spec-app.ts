import type { InstanceChoice } from '../../src/sizing/instance-choice.js';
import type { PodSize } from '../../src/sizing/sizing.js';
import { dataSizes, serverlessLimits } from '../../src/spec/sizes.js';
import { cacheInstance, databaseInstance, sizingOf, type IspSizing } from './spec-sizing.js';
import type { IspSpecV1 } from './spec.js';

/** The spec of `app@1` that makes the common part of an environment: namespace, quota, network, data services, variables, ingress. */
export function appSpecOf(spec: IspSpecV1): Readonly<Record<string, unknown>> {
  const sizing = sizingOf(spec);
  const { frontend, backend } = spec;
  return {
    ...(spec.namespace === undefined ? {} : { namespace: spec.namespace }),
    ...priorityOf(spec),
    quota: sizing.quota,
    network: spec.network,
    variables: { ...serviceVariables(spec), ...spec.variables },
    database: { ...spec.database, ...databasePart(spec, sizing) },
    cache: { ...spec.cache, ...cachePart(spec, sizing) },
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

function priorityOf({ priority_class: given, plan }: IspSpecV1) {
  if (given === undefined) return {};
  return { priority_class: given === 'by-plan' ? `terrace-${plan}` : given };
}

/** Size and storage of the database; RDS has no storage below 20 GB. */
function databasePart({ database: { mode } }: IspSpecV1, { pods, database }: IspSizing) {
  const { storageGb: storage_gb, connections } = database;
  if (mode === 'in_cluster') return { storage_gb, connections, resources: resourcesOf(pods.database) };
  if (mode === 'rds')
    return { storage_gb: Math.max(20, storage_gb), ...instanceOf(databaseInstance(database)) };
  return {};
}

/** Size of the cache; a serverless one is limited by the smallest size that holds it. */
function cachePart({ cache: { mode, deployment } }: IspSpecV1, { pods, cache }: IspSizing) {
  if (mode === 'in_cluster') return { resources: resourcesOf(pods.cache) };
  if (mode !== 'elasticache') return {};
  if (deployment === 'serverless')
    return { size: dataSizes.find((size) => serverlessLimits[size].dataGb >= cache.memoryGb) ?? 'large' };
  return instanceOf(cacheInstance(cache));
}

function resourcesOf(pod: PodSize | undefined) {
  return pod && { cpu: pod.cpuLimit, memory: pod.memory };
}

function instanceOf(choice: InstanceChoice) {
  return choice.kind === 'chosen' ? { instance: choice.instance.name } : {};
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
