import { getAccount } from '../src/account/account-store.js';
import { managedStates, type StateSource } from '../src/state/state-source.js';
import type { WorkerDeps } from './deps.js';
import type { StateContext } from './run-context.js';

const opened = new WeakMap<StateContext, Promise<StateSource>>();

/**
 * The states of the run's environment, where its account keeps them; opened once for a job. Throws what `openRunSession`
 * throws, and `state_bucket_not_usable`.
 */
export function statesOf(deps: WorkerDeps, ctx: StateContext): Promise<StateSource> {
  const found = opened.get(ctx) ?? open(deps, ctx);
  opened.set(ctx, found);
  return found;
}

async function open(deps: WorkerDeps, ctx: StateContext): Promise<StateSource> {
  const { run, lease } = ctx;
  const { db, keyring, states } = deps;
  const props = { db, keyring, states, writer: { environmentId: run.environmentId, ...lease } };
  const account = await getAccount(db, run.tenantId, run.accountId);
  if (account.state.kind === 'managed') return managedStates(props);
  // Loaded when first needed: most of it is the client of S3.
  const { openBucketStates } = await import('./bucket-states.js');
  return openBucketStates(deps, ctx, { account, location: account.state, props });
}
