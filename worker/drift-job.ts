/** A drift check: one `terraform plan -refresh-only` of the stack that was last applied. It changes and locks nothing. */
import { inTransaction } from '../src/db/db.js';
import { driftIn, driftText } from '../src/drift/drift-rules.js';
import type { Found } from '../src/drift/drift-rules.js';
import { saveDrift } from '../src/drift/drift-store.js';
import { appError, toAppError } from '../src/errors/app-error.js';
import { sha256 } from '../src/lib/hash.js';
import { lastStack } from '../src/plan/plan-store.js';
import { getRun } from '../src/run/run-store.js';
import { refreshTerraform, showPlan } from '../src/terraform/terraform.js';
import type { WorkerDeps } from './deps.js';
import { withTools } from './plan-steps.js';
import { retrying } from './retrying.js';
import { canceled, type RunContext } from './run-context.js';

/** queued -> planning -> succeeded, whatever is found; failed when nothing could be found out. */
export async function checkDrift(deps: WorkerDeps, ctx: RunContext): Promise<void> {
  const { run } = ctx;
  try {
    if (run.cancelRequestedAt !== null) throw canceled(run.runId);
    const found = await retrying(deps, ctx, { step: 'drift_check', work: () => look(deps, ctx) });
    const message = found.changes.length === 0 ? 'all is as it was applied' : driftText(found.changes);
    const data = { drifted: found.changes.length, ignored: found.ignored };
    await ctx.move({ to: 'succeeded', message, data }, (tx) => saveDrift(tx, run, found));
  } catch (error) {
    if (!ctx.signal.aborted && run.cancelRequestedAt === null) await keepFault(deps, ctx, error);
    throw error;
  }
}

async function look(deps: WorkerDeps, ctx: RunContext): Promise<Found> {
  const { environmentId } = ctx.run;
  const json = await ctx.step('load_stack', () => lastStack(deps.db, environmentId));
  if (json === null)
    throw appError(
      'plan_failed',
      `environment ${environmentId} was never applied: there is nothing to compare`,
    );
  const stack = { json, sha256: sha256(json) };
  return withTools(
    deps,
    ctx,
    async ({ tools, loaded }) => {
      const holder = await ctx.step('look_for_lock', () => tools.states.lockedBy());
      if (holder !== null)
        throw appError('state_locked', `the state is locked by ${holder}: check again when it is free`);
      const drifted = await ctx.step('refresh', () => refreshTerraform(tools.terraform));
      if (!drifted) return { changes: [], ignored: 0 };
      const { json } = await ctx.step('show', () => showPlan(tools.terraform));
      return driftIn(json, loaded.environment.driftIgnore);
    },
    stack,
  );
}

/** Tells that nothing could be found out, unless the lease is somebody else's by now. */
async function keepFault(deps: WorkerDeps, ctx: RunContext, thrown: unknown): Promise<void> {
  const { message } = toAppError(thrown);
  await inTransaction(deps.db, async (tx) => {
    const { leaseEpoch, finishedAt } = await getRun(tx, null, ctx.run.runId);
    if (leaseEpoch !== ctx.lease.epoch || finishedAt !== null) return;
    await saveDrift(tx, ctx.run, { error: ctx.redactor.mask(message) });
  });
}
