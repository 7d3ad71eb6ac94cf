/** The way into the cluster of an environment, to look at it by the account's plan role. */
import { readExternalIds } from '../src/account/external-id-store.js';
import type { Account, Cluster } from '../src/account/account.js';
import type { AwsConnection } from '../src/credentials/aws-connection.js';
import { describeCluster } from '../src/credentials/eks-cluster.js';
import { eksToken } from '../src/credentials/eks-token.js';
import { tokenKubeconfig } from '../src/credentials/kubeconfig.js';
import { openRunSession } from '../src/credentials/run-session.js';
import { readCluster } from '../src/health/cluster-client.js';
import { clusterFindings } from '../src/health/cluster-findings.js';
import type { Finding } from '../src/health/health.js';
import { metadataOf } from '../src/health/state-findings.js';
import type { StateResource } from '../src/state/state-rules.js';
import { readKubeconfig } from './aws-access.js';
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
  const kubeconfig = await openKubeconfig(deps, ctx, subject, clusterOf(account, state.resources));
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

/** The cluster that the stack itself made, else the one of the account. */
function clusterOf(account: Account, resources: readonly StateResource[]): Cluster | null {
  const name = resources.find(({ type }) => type === 'aws_eks_cluster')?.values['name'];
  return typeof name === 'string' ? { kind: 'eks', name } : account.cluster;
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

async function openKubeconfig(
  deps: WorkerDeps,
  ctx: ProbeContext,
  { account, environment }: Subject,
  cluster: Cluster | null,
): Promise<() => Promise<string>> {
  if (cluster === null || cluster.kind === 'kubeconfig') {
    const text = await readKubeconfig(deps, ctx, account);
    return () => Promise.resolve(text);
  }
  const aws: AwsConnection = { endpoint: deps.config.AWS_ENDPOINT_URL };
  const { region } = environment;
  const { name } = cluster;
  const session = await openRunSession(aws, {
    account,
    externalIds: await readExternalIds(deps.db, deps.keyring, account.accountId),
    run: ctx.run,
    phase: 'plan',
    region,
    timeoutMs: deps.config.PROVISIONING_TIMEOUT * 1000,
    onSecret: (secret) => ctx.redactor.add(secret),
  });
  const found = await describeCluster(aws, { name, region, keys: await session.keys() });
  return async () => {
    const keys = await session.keys();
    const token = eksToken({ cluster: name, region, keys, now: new Date(), endpoint: aws.endpoint });
    ctx.redactor.add(token);
    return tokenKubeconfig(found, token);
  };
}
