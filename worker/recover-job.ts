/**
 * Carries on a run whose worker died. What the dead worker's terraform finished but did not save is adopted first
 * (see adopt.ts); then the plan is made anew and applied only if it asks for nothing that was not approved.
 */
import { appError, toAppError, type AppError } from '../src/errors/app-error.js';
import { lastMessage } from '../src/event/event-store.js';
import { notCovered } from '../src/plan/coverage.js';
import { getStoredPlan, insertPlan } from '../src/plan/plan-store.js';
import { takenIn } from '../src/terraform/clash.js';
import { applySaved } from './apply-saved.js';
import type { WorkerDeps } from './deps.js';
import { checkDrift } from './drift-job.js';
import { planRun } from './plan-job.js';
import { assertStillAllowed } from './judge-again.js';
import { namingHolders } from './held.js';
import { makePlan, withTools, type Opened } from './plan-steps.js';
import { retrying } from './retrying.js';
import { rollBack, undo } from './roll-back.js';
import type { RunContext } from './run-context.js';
import { verifyRun } from './verify.js';

export const mostInterruptions = 5;

/** interrupted -> back to the phase it was interrupted in. The claim has already moved the run there. */
export async function recoverRun(deps: WorkerDeps, ctx: RunContext): Promise<void> {
  if (ctx.run.interruptions > mostInterruptions) throw await tooMany(deps, ctx);
  switch (ctx.run.status) {
    case 'planning':
      return ctx.run.kind === 'drift_check' ? checkDrift(deps, ctx) : planRun(deps, ctx);
    case 'rolling_back':
      return undo(deps, ctx, ctx.run.error?.message ?? 'the run failed');
    case 'verifying':
      return verifyRun(deps, ctx);
    case 'applying':
      return carryOn(deps, ctx);
    default:
      throw appError('internal', `a run cannot be recovered while ${ctx.run.status}`);
  }
}

/** Names the last reason, as the timeline has it. */
async function tooMany({ db }: Pick<WorkerDeps, 'db'>, { run }: Pick<RunContext, 'run'>): Promise<AppError> {
  const last = await lastMessage(db, run, 'run_interrupted');
  const reason = last === null ? '' : `, the last time because ${last.replace(/; [^;]*$/, '')}`;
  return appError(
    'too_many_interruptions',
    `the run was interrupted ${run.interruptions} times${reason}; retry or delete`,
  );
}

async function carryOn(deps: WorkerDeps, ctx: RunContext): Promise<void> {
  try {
    if (!ctx.run.applyStarted) await ctx.step('policies', () => assertStillAllowed(deps, ctx));
    await retrying(deps, ctx, { step: 'apply', work: () => applyAgain(deps, ctx) });
    await verifyRun(deps, ctx);
  } catch (error) {
    if (await rollBack(deps, ctx, error)) return;
    throw ctx.run.kind === 'destroy' ? await namingHolders(deps, ctx, error) : error;
  }
}

/** Carries an apply on from the state that it left, within what was approved. */
export async function applyAgain(deps: WorkerDeps, ctx: RunContext, after?: string): Promise<void> {
  await withTools(deps, ctx, (opened) =>
    adoptingClashes(deps, ctx, { opened, apply: () => planAgain(deps, ctx, { opened, after }) }),
  );
}

/** What a run's apply goes on with. */
export interface Again {
  readonly opened: Opened;
  /** See `Planning`. */
  readonly clashes?: readonly string[];
  /** What it goes on after. @default the interruption */
  readonly after?: string;
}

/** Plans anew and applies that, if it asks for nothing that was not approved. Throws `plan_stale` and what an apply throws. */
export async function planAgain(
  deps: WorkerDeps,
  ctx: RunContext,
  { opened, clashes, after = 'the interruption' }: Again,
): Promise<void> {
  const approved = await ctx.step('load_plan', () => getStoredPlan(deps.db, ctx.run.planId ?? ''));
  const planned = await makePlan(deps, ctx, { ...opened, clashes, destroy: ctx.run.kind === 'destroy' });
  if (!planned.hasChanges) return;
  const extra = notCovered(approved.changes, planned.plan.changes);
  if (extra.length > 0)
    throw appError(
      'plan_stale',
      `after ${after} the plan asks for more than was approved: ${extra.join(', ')}`,
    );
  await ctx.step('save_plan', () => insertPlan(deps.db, planned.plan, ctx.lease.epoch));
  await applySaved(deps, ctx, { tools: opened.tools, planFile: planned.planFile });
}

/**
 * Applies; what turns out to exist already is adopted, each address once, if its tags or labels prove that it is this
 * environment's. What lives in it is met by the next apply: as many rounds as there are new addresses.
 */
export async function adoptingClashes(
  deps: WorkerDeps,
  ctx: RunContext,
  { opened, apply }: { readonly opened: Opened; readonly apply: () => Promise<void> },
): Promise<void> {
  const met = new Set<string>();
  for (let next = apply; ;) {
    try {
      return await next();
    } catch (thrown) {
      const { code, detail, message } = toAppError(thrown);
      const taken = code === 'apply_failed' && !ctx.signal.aborted ? takenIn(detail ?? '') : [];
      const clashes = taken.filter((address) => !met.has(address));
      if (clashes.length === 0) throw thrown;
      clashes.forEach((address) => met.add(address));
      ctx.say(`${message}: looking whether it is this environment's`);
      next = () => planAgain(deps, ctx, { opened, clashes });
    }
  }
}
