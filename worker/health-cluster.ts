/** Looks at the cluster of an environment. */
import { readCluster } from '../src/health/cluster-client.js';
import { clusterFindings } from '../src/health/cluster-findings.js';
import type { Finding } from '../src/health/health.js';
import { metadataOf } from '../src/health/state-findings.js';
import type { StateResource } from '../src/state/state-rules.js';
import { openClusterAccess } from './cluster-access.js';
import { clusterOf } from './cluster-of.js';
import type { WorkerDeps } from './deps.js';
import type { Probe, ProbeContext, Subject } from './health-probe.js';

/** Opens the session once for all looks. Throws what `openRunSession` throws, `account_not_usable` and `cluster_not_usable`. */
export async function openClusterProbe(
  deps: WorkerDeps,
  ctx: ProbeContext,
  subject: Subject,
): Promise<Probe> {
  const { account, state } = subject;
  const namespaces = namespacesOf(state.resources);
  const { region } = subject.environment;
  const cluster = clusterOf(account, state.resources);
  const kubeconfig = await openClusterAccess(deps, ctx, { account, region, cluster });
  return {
    look: async (signal): Promise<Finding[]> => {
      const reading = await readCluster({ kubeconfig: await kubeconfig(), namespaces, signal });
      return [
        { component: 'cluster', status: 'healthy', message: 'the cluster answers' },
        ...clusterFindings(reading, new Date()),
      ];
    },
  };
}

/** The namespaces that something of the state is in. */
function namespacesOf(resources: readonly StateResource[]): string[] {
  const named = resources.map(({ type, values }) => {
    if (type === 'helm_release') return values['namespace'];
    if (!type.startsWith('kubernetes_')) return undefined;
    const { name, namespace } = metadataOf(values);
    return type === 'kubernetes_namespace_v1' ? name : namespace;
  });
  return [...new Set(named.filter((name): name is string => typeof name === 'string' && name !== ''))];
}
