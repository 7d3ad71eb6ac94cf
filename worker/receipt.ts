import { getAccount } from '../src/account/account-store.js';
import { getEnvironment } from '../src/environment/environment-store.js';
import { appError } from '../src/errors/app-error.js';
import { newId } from '../src/lib/ids.js';
import { openPlanJson } from '../src/plan/artifact.js';
import { getStoredPlan } from '../src/plan/plan-store.js';
import {
  leftoversOf,
  leftoversText,
  retainedBy,
  verdictOf,
  type Found,
  type Place,
} from '../src/receipt/receipt.js';
import { insertReceipt } from '../src/receipt/receipt-store.js';
import { listSandboxObjects } from '../src/sandbox/sandbox-store.js';
import type { WorkerDeps } from './deps.js';
import type { RunContext } from './run-context.js';

/**
 * Looks, after a destroy has emptied the state, for what is marked as the environment's all the same, and keeps the signed
 * receipt of it. Throws `destroy_incomplete` when something is there.
 */
export async function proveDestroyed(deps: WorkerDeps, ctx: RunContext): Promise<void> {
  const { run, lease } = ctx;
  const places = [await search(deps, ctx)];
  const receipt = {
    receipt_id: newId('receipt'),
    tenant_id: run.tenantId,
    environment_id: run.environmentId,
    run_id: run.runId,
    searched_at: new Date().toISOString(),
    places,
    retained: await retained(deps, run.planId),
    verdict: verdictOf(places),
  };
  await insertReceipt(deps, receipt, lease.epoch);
  for (const { place, found, reason } of places)
    ctx.say(`${place}: ${found === null ? `not searched: ${reason}` : `${found.length} left`}`);
  for (const { type, id } of receipt.retained) ctx.say(`kept: ${type} ${id}`);
  const leftovers = leftoversOf(places);
  if (leftovers.length > 0) throw appError('destroy_incomplete', leftoversText(leftovers));
}

async function search(deps: WorkerDeps, { run }: RunContext): Promise<Place> {
  const environment = await getEnvironment(deps.db, run.tenantId, run.environmentId);
  const { provider, cloudAccountId } = await getAccount(deps.db, run.tenantId, run.accountId);
  const place = `${provider} account ${cloudAccountId}, ${environment.region}`;
  if (provider !== 'sandbox')
    return {
      place,
      found: null,
      reason: 'only accounts of the sandbox are searched; here the state alone tells',
    };
  const objects = await listSandboxObjects(deps.db, run.environmentId);
  return { place, found: objects.map(({ type, objectId }) => ({ type, id: objectId })), reason: null };
}

/** Of the plan that this run has applied. */
async function retained(deps: WorkerDeps, planId: string | null): Promise<Found[]> {
  return planId === null ? [] : retainedBy(openPlanJson(deps.keyring, await getStoredPlan(deps.db, planId)));
}
