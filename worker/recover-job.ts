/**
 * Carries on a run whose worker died. What the dead worker's terraform finished but did not save is adopted first
 * (see adopt.ts); then the plan is made anew and applied only if it asks for nothing that was not approved.
 */
import { appError } from '../src/errors/app-error.js';
import { notCovered } from '../src/plan/coverage.js';
import { getStoredPlan, insertPlan } from '../src/plan/plan-store.js';
import { applySaved } from './apply-saved.js';
import type { WorkerDeps } from './deps.js';
import { checkDrift } from './drift-job.js';
import { planRun } from './plan-job.js';
import { makePlan, withTools } from './plan-steps.js';
import { rollBack, undo } from './roll-back.js';
import type { RunContext } from './run-context.js';
import { verifyRun } from './verify.js';

export const mostInterruptions = 5;

/** interrupted -> back to the phase it was interrupted in. The claim has already moved the run there. */
export async function recoverRun(deps: WorkerDeps, ctx: RunContext): Promise<void> {
  if (ctx.run.interruptions > mostInterruptions)
    throw appError(
      'too_many_interruptions',
      `the run was interrupted ${ctx.run.interruptions} times; retry or delete`,
    );
  switch (ctx.run.status) {
    case 'planning':
      return ctx.run.kind === 'drift_check' ? checkDrift(deps, ctx) : planRun(deps, ctx);
    case 'rolling_back':
      return undo(deps, ctx, ctx.run.error?.message ?? 'the run failed');
    case 'verifying':
      return verifyRun(deps, ctx);
    case 'applying':
      return applyAgain(deps, ctx);
    default:
      throw appError('internal', `a run cannot be recovered while ${ctx.run.status}`);
  }
}

async function applyAgain(deps: WorkerDeps, ctx: RunContext): Promise<void> {
  try {
    await withTools(deps, ctx, async (opened) => {
      const approved = await ctx.step('load_plan', () => getStoredPlan(deps.db, ctx.run.planId!));
      const planned = await makePlan(deps, ctx, { ...opened, destroy: ctx.run.kind === 'destroy' });
      if (!planned.hasChanges) return;
      const extra = notCovered(approved.changes, planned.plan.changes);
      if (extra.length > 0)
        throw appError(
          'plan_stale',
          `after the interruption the plan asks for more than was approved: ${extra.join(', ')}`,
        );
      await ctx.step('save_plan', () => insertPlan(deps.db, planned.plan, ctx.lease.epoch));
      await applySaved(deps, ctx, { tools: opened.tools, planFile: planned.planFile });
    });
    await verifyRun(deps, ctx);
  } catch (error) {
    if (!(await rollBack(deps, ctx, error))) throw error;
  }
}
