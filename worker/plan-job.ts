import { appError } from '../src/errors/app-error.js';
import { insertPlan } from '../src/plan/plan-store.js';
import { summaryText } from '../src/plan/summary-text.js';
import type { WorkerDeps } from './deps.js';
import { makePlan, withTools, type Planned } from './plan-steps.js';
import type { RunContext } from './run-context.js';
import { inspect } from './verify.js';

/** queued -> planning -> no_changes | awaiting_review | approved. The worker ends here; days may pass. */
export async function planRun(deps: WorkerDeps, ctx: RunContext): Promise<void> {
  const destroy = ctx.run.kind === 'destroy';
  const planned = await withTools(deps, ctx, (opened) => makePlan(deps, ctx, { ...opened, destroy }));
  await ctx.step('save_plan', () => savePlan(deps, ctx, planned));
}

async function savePlan(
  deps: WorkerDeps,
  ctx: RunContext,
  { plan, summary, hasChanges }: Planned,
): Promise<void> {
  const { planId } = plan;
  const data = { plan_id: planId, summary };
  const store = async (tx: Parameters<typeof insertPlan>[0]) => {
    const stored = await insertPlan(tx, plan, ctx.lease.epoch);
    if (!stored) throw appError('lease_lost', `run ${ctx.run.runId} was taken over by another worker`);
  };
  const message = `plan ${planId}: ${summaryText(summary)}`;
  if (!hasChanges) {
    const leaves = await inspect(deps, ctx);
    await ctx.move({ to: 'no_changes', message, planId, data, leaves }, store);
    return;
  }
  const to = ctx.run.review === 'auto' ? 'approved' : 'awaiting_review';
  await ctx.move({ to, message, planId, data }, store);
}
