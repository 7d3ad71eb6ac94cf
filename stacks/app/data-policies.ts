import type {
  NetworkPolicyV1SpecEgress,
  NetworkPolicyV1SpecIngress,
  NetworkPolicyV1SpecPodSelector,
} from '@cdktf/provider-kubernetes/lib/network-policy-v1/index.js';
import { componentLabel, type AppContext } from './context.js';
import { backupStorageGb, cachePort, databasePort } from './spec-data-facts.js';

/** An allowance of the network; without `ingress` and `egress` it allows nothing. */
export interface DataPolicy {
  readonly name: string;
  readonly pods: NetworkPolicyV1SpecPodSelector;
  readonly ingress?: NetworkPolicyV1SpecIngress;
  readonly egress?: NetworkPolicyV1SpecEgress;
}

type Peer = NonNullable<NetworkPolicyV1SpecEgress['to']>;

/** The application's own pods: those that are part of no data service. */
export const appPods: NetworkPolicyV1SpecPodSelector = {
  matchExpressions: [{ key: componentLabel, operator: 'DoesNotExist' }],
};

const pods = (component: string): NetworkPolicyV1SpecPodSelector => ({
  matchLabels: { [componentLabel]: component },
});
const tcp = (port: number) => [{ port: String(port), protocol: 'TCP' }];

/** Who may reach the data services: the application's pods and the backup, at the one port, where the service is. */
export function dataPolicies({ spec }: AppContext): readonly DataPolicy[] {
  const { database, cache, network } = spec;
  const vpc: Peer = [{ ipBlock: { cidr: network.vpc_cidr ?? '' } }];
  return [
    ...(database.mode === 'in_cluster'
      ? inCluster('database', databasePort(spec), backupStorageGb(spec) > 0 ? ['database-backup'] : [])
      : []),
    ...(database.mode === 'rds' ? [outgoing('database', vpc, databasePort(spec))] : []),
    ...(database.mode === 'shared_schema' && database.shared_server
      ? [outgoing('database', shared(database.shared_server), databasePort(spec))]
      : []),
    ...(cache.mode === 'in_cluster' ? inCluster('cache', cachePort(spec), []) : []),
    ...(cache.mode === 'elasticache' ? [outgoing('cache', vpc, cachePort(spec))] : []),
    ...(cache.mode === 'shared_namespace' && cache.shared_server
      ? [outgoing('cache', shared(cache.shared_server), cachePort(spec))]
      : []),
  ];
}

function outgoing(name: string, to: Peer, port: number): DataPolicy {
  return { name, pods: appPods, egress: { to, ports: tcp(port) } };
}

/** The server takes the application and its helpers; each of these may go to the server. */
function inCluster(component: string, port: number, helpers: readonly string[]): DataPolicy[] {
  const server: Peer = [{ podSelector: pods(component) }];
  return [
    outgoing(component, server, port),
    {
      name: `${component}-server`,
      pods: pods(component),
      ingress: {
        from: [{ podSelector: appPods }, ...helpers.map((helper) => ({ podSelector: pods(helper) }))],
        ports: tcp(port),
      },
    },
    ...helpers.map((helper) => ({
      name: helper,
      pods: pods(helper),
      egress: { to: server, ports: tcp(port) },
    })),
  ];
}

function shared({ namespace, cidr }: { namespace?: string | undefined; cidr?: string | undefined }): Peer {
  return namespace === undefined
    ? [{ ipBlock: { cidr: cidr ?? '' } }]
    : [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } }];
}
