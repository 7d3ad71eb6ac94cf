import type { Dependency } from '../kubernetes/wait-for.js';
import type { PodProps } from '../kubernetes/pod.js';
import type { CacheConnection, DatabaseConnection } from '../connection.js';
import type { AppContext } from './context.js';
import type { AppSpecV1 } from './spec.js';
import type { Variables } from './variables.js';

/** What a pod of the application is made from, besides its own spec. */
export interface AppPodProps {
  readonly context: AppContext;
  readonly variables: Variables;
  /** Name of the application's service account. */
  readonly serviceAccount: string;
  /** @default - the environment has no database */
  readonly database?: DatabaseConnection;
  /** @default - the environment has no cache */
  readonly cache?: CacheConnection;
}

/** What every pod of the application has: image, rights, the environment's ConfigMap and Secret, and the wait for database and cache. */
export function appPod(
  props: AppPodProps,
  own: AppSpecV1['workloads'][number] | NonNullable<AppSpecV1['migration']>,
) {
  const { resources } = own;
  return {
    image: own.image,
    command: own.command,
    args: own.args,
    env: own.env,
    configMaps: [props.variables.configMapName],
    secrets: [props.variables.secretName],
    resources: {
      requests: { cpu: resources.cpu_request, memory: resources.memory_request },
      limits: { cpu: resources.cpu, memory: resources.memory },
    },
    userId: own.user_id === undefined ? undefined : String(own.user_id),
    readOnlyRoot: own.read_only_root,
    scratchPaths: own.scratch_paths,
    serviceAccount: props.serviceAccount,
    priorityClass: props.context.spec.priority_class,
    waitFor: dataDependencies(props),
  } satisfies Partial<PodProps>;
}

function dataDependencies({ database, cache }: AppPodProps): Dependency[] {
  return [
    ...(database ? [{ name: 'database', host: database.host, port: database.port }] : []),
    ...(cache ? [{ name: 'cache', host: cache.host, port: cache.port }] : []),
  ];
}
