/** Where a destroy in an account of AWS is proved: by the account's plan role, which reads. */
import type { Account } from '../src/account/account.js';
import type { AwsConnection } from '../src/credentials/aws-connection.js';
import type { Environment } from '../src/environment/environment.js';
import { toAppError } from '../src/errors/app-error.js';
import { searchAws } from '../src/receipt/aws-search.js';
import { lookInCluster } from '../src/receipt/cluster-search.js';
import { searchPlace, type Patience, type Searched } from '../src/receipt/search.js';
import { openAccountSession } from './account-session.js';
import { openClusterAccess } from './cluster-access.js';
import type { WorkerDeps } from './deps.js';
import type { RunContext } from './run-context.js';

export interface AccountSearch {
  readonly account: Account;
  readonly environment: Environment;
  /** That the environment had in its cluster. */
  readonly namespaces: readonly string[];
  readonly patience: Patience;
}

/** All places of an account and its cluster; one that cannot be entered is told with the reason. */
export async function searchAccount(
  deps: WorkerDeps,
  ctx: RunContext,
  search: AccountSearch,
): Promise<Searched[]> {
  const places = await Promise.all([searchCloud(deps, ctx, search), searchCluster(deps, ctx, search)]);
  return places.flat();
}

async function searchCloud(
  deps: WorkerDeps,
  ctx: RunContext,
  { account, environment, patience }: AccountSearch,
): Promise<Searched[]> {
  const { environmentId, region } = environment;
  const aws: AwsConnection = { endpoint: deps.config.AWS_ENDPOINT_URL };
  try {
    const timeoutMs = deps.config.RECEIPT_WAIT * 1000;
    const session = await openAccountSession(deps, ctx, { account, phase: 'plan', region, timeoutMs });
    const { cloudAccountId: accountId } = account;
    return await searchAws(aws, { ...patience, accountId, region, environmentId, keys: session.keys });
  } catch (error) {
    patience.signal.throwIfAborted();
    const place = `aws account ${account.cloudAccountId}, ${region}`;
    return [{ place: { place, found: null, reason: toAppError(error).message }, retained: [] }];
  }
}

/** The cluster of the account; one that the environment itself made is gone with all that was in it. */
async function searchCluster(
  deps: WorkerDeps,
  ctx: RunContext,
  { account, environment, namespaces, patience }: AccountSearch,
): Promise<Searched[]> {
  const { cluster } = account;
  if (cluster === null) return [];
  const { environmentId, region } = environment;
  const { signal } = patience;
  let kubeconfig: (() => Promise<string>) | undefined;
  const look = async () => {
    kubeconfig ??= await openClusterAccess(deps, ctx, { account, region, cluster });
    return lookInCluster({ kubeconfig: await kubeconfig(), environmentId, namespaces, signal });
  };
  const name = cluster.kind === 'eks' ? cluster.name : cluster.secretRef;
  return [await searchPlace(`cluster ${name}`, look, patience)];
}
