import { getAccount } from '../src/account/account-store.js';
import { getEnvironment } from '../src/environment/environment-store.js';
import { AppError, toAppError } from '../src/errors/app-error.js';
import type { ErrorCode } from '../src/errors/codes.js';
import { heldText } from '../src/receipt/receipt.js';
import { clusterOf } from './cluster-of.js';
import type { WorkerDeps } from './deps.js';
import type { RunContext } from './run-context.js';
import { statesOf } from './states.js';

/** How a destroy ends that waited for a finalizer. */
const stuck: ReadonlySet<ErrorCode> = new Set(['apply_failed', 'phase_timeout']);
const lookMs = 20_000;

/** The error of a destroy, with what its cluster says is held in deletion and by what; as it was, where nothing is. */
export async function namingHolders(deps: WorkerDeps, ctx: RunContext, thrown: unknown): Promise<AppError> {
  const error = toAppError(thrown);
  if (ctx.signal.aborted || !stuck.has(error.code)) return error;
  const held = await lookForHeld(deps, ctx).catch((fault: unknown) => {
    ctx.say(`what holds it could not be looked up: ${toAppError(fault).message}`);
    return undefined;
  });
  if (held === undefined) return error;
  const { code, detail, errors, extra, step } = error;
  const more = { message: `${error.message}; ${held}`, detail, errors, extra, cause: error };
  return new AppError(code, step === undefined ? more : { ...more, step });
}

async function lookForHeld(deps: WorkerDeps, ctx: RunContext): Promise<string | undefined> {
  const { run } = ctx;
  const { environmentId, region } = await getEnvironment(deps.db, run.tenantId, run.environmentId);
  const account = await getAccount(deps.db, run.tenantId, run.accountId);
  if (account.provider === 'sandbox') return undefined;
  const state = await (await statesOf(deps, ctx)).read();
  const cluster = clusterOf(account, state?.resources ?? []);
  if (cluster === null) return undefined;
  // Loaded when first needed: most of it are the clients of AWS and of Kubernetes.
  const { openClusterAccess } = await import('./cluster-access.js');
  const { lookInCluster } = await import('../src/receipt/cluster-search.js');
  const kubeconfig = await (await openClusterAccess(deps, ctx, { account, region, cluster }))();
  const signal = AbortSignal.any([ctx.signal, AbortSignal.timeout(lookMs)]);
  return heldText((await lookInCluster({ kubeconfig, environmentId, namespaces: [], signal })).found);
}
