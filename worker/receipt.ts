import { getAccount } from '../src/account/account-store.js';
import { getEnvironment } from '../src/environment/environment-store.js';
import { appError } from '../src/errors/app-error.js';
import { newId } from '../src/lib/ids.js';
import { openPlanJson } from '../src/plan/artifact.js';
import { getStoredPlan, lastStack } from '../src/plan/plan-store.js';
import {
  leftoversOf,
  leftoversText,
  mergeFound,
  namespacesOf,
  retainedBy,
  verdictOf,
} from '../src/receipt/receipt.js';
import { insertReceipt } from '../src/receipt/receipt-store.js';
import type { Searched } from '../src/receipt/search.js';
import { listSandboxObjects } from '../src/sandbox/sandbox-store.js';
import { environmentNames } from '../src/spec/names.js';
import { getTenant } from '../src/tenant/tenant-store.js';
import type { WorkerDeps } from './deps.js';
import { searchServers } from './receipt-servers.js';
import type { RunContext } from './run-context.js';

/**
 * Looks, after a destroy has emptied the state, for what is marked as the environment's all the same, and keeps the signed
 * receipt of it. Throws `destroy_incomplete` when something is there.
 */
export async function proveDestroyed(deps: WorkerDeps, ctx: RunContext): Promise<void> {
  const { run, lease } = ctx;
  const plan = await appliedPlan(deps, run.planId);
  const searched = await search(deps, ctx, plan);
  const places = searched.map(({ place }) => place);
  const kept = searched.flatMap(({ retained }) => retained);
  const receipt = {
    receipt_id: newId('receipt'),
    tenant_id: run.tenantId,
    environment_id: run.environmentId,
    run_id: run.runId,
    searched_at: new Date().toISOString(),
    places,
    retained: mergeFound([...retainedBy(plan), ...kept]),
    verdict: verdictOf(places),
  };
  await insertReceipt(deps, receipt, lease.epoch);
  for (const { place, found, reason } of places)
    ctx.say(`${place}: ${found === null ? `not searched: ${reason}` : `${found.length} left`}`);
  for (const { type, id } of receipt.retained) ctx.say(`kept: ${type} ${id}`);
  const leftovers = leftoversOf(places);
  if (leftovers.length > 0) throw appError('destroy_incomplete', leftoversText(leftovers));
}

const againMs = 5000;

async function search(deps: WorkerDeps, ctx: RunContext, plan: unknown): Promise<Searched[]> {
  const { run, signal } = ctx;
  const environment = await getEnvironment(deps.db, run.tenantId, run.environmentId);
  const account = await getAccount(deps.db, run.tenantId, run.accountId);
  if (account.provider === 'sandbox') {
    const objects = await listSandboxObjects(deps.db, run.environmentId);
    const found = objects.map(({ type, objectId }) => ({ type, id: objectId }));
    const place = `sandbox account ${account.cloudAccountId}, ${environment.region}`;
    return [{ place: { place, found, reason: null }, retained: [] }];
  }
  const { slug } = await getTenant(deps.db, run.tenantId, run.tenantId);
  const { environmentId, name } = environment;
  const identity = { environment_id: environmentId, environment_name: name, tenant_slug: slug };
  const waitMs = deps.config.RECEIPT_WAIT * 1000;
  // Loaded when first needed: most of it are the clients of AWS.
  const { searchAccount } = await import('./receipt-places.js');
  const patience = { waitMs, againMs: Math.min(againMs, waitMs), signal };
  const namespaces = [...new Set([...namespacesOf(plan), environmentNames(identity).namespace])];
  const stack = await lastStack(deps.db, environmentId);
  const searched = await Promise.all([
    searchAccount(deps, ctx, { account, environment, namespaces, patience }),
    searchServers(deps, ctx, { environmentId, stack, patience }),
  ]);
  return searched.flat();
}

/** As `terraform show -json` told it; null where there was nothing to plan. */
async function appliedPlan(deps: WorkerDeps, planId: string | null): Promise<unknown> {
  return planId === null ? null : openPlanJson(deps.keyring, await getStoredPlan(deps.db, planId));
}
