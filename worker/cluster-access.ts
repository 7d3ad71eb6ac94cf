/** The way into the cluster of an environment, to look at it by the account's plan role. */
import type { Account, Cluster } from '../src/account/account.js';
import type { AwsConnection } from '../src/credentials/aws-connection.js';
import { describeCluster } from '../src/credentials/eks-cluster.js';
import { eksToken } from '../src/credentials/eks-token.js';
import { tokenKubeconfig } from '../src/credentials/kubeconfig.js';
import { openAccountSession } from './account-session.js';
import { readKubeconfig } from './aws-access.js';
import type { WorkerDeps } from './deps.js';
import type { StateContext } from './run-context.js';

export interface ClusterAccessProps {
  readonly account: Account;
  readonly region: string;
  readonly cluster: Cluster | null;
}

/**
 * Opens a session once; each kubeconfig has a token of its own. Throws what `openRunSession` throws, `account_not_usable` and
 * `cluster_not_usable`.
 */
export async function openClusterAccess(
  deps: Pick<WorkerDeps, 'db' | 'keyring' | 'config'>,
  ctx: Pick<StateContext, 'run' | 'redactor'>,
  { account, region, cluster }: ClusterAccessProps,
): Promise<() => Promise<string>> {
  if (cluster === null || cluster.kind === 'kubeconfig') {
    const text = await readKubeconfig(deps, ctx, account);
    return () => Promise.resolve(text);
  }
  const aws: AwsConnection = { endpoint: deps.config.AWS_ENDPOINT_URL };
  const { name } = cluster;
  const timeoutMs = deps.config.PROVISIONING_TIMEOUT * 1000;
  const session = await openAccountSession(deps, ctx, { account, phase: 'plan', region, timeoutMs });
  const found = await describeCluster(aws, { name, region, keys: await session.keys() });
  return async () => {
    const keys = await session.keys();
    const token = eksToken({ cluster: name, region, keys, now: new Date(), endpoint: aws.endpoint });
    ctx.redactor.add(token);
    return tokenKubeconfig(found, token);
  };
}
