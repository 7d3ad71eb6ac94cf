import { deadlineOf, type Deadline } from '../src/config/limits.js';
import { appError, toAppError } from '../src/errors/app-error.js';
import { getEnvironment } from '../src/environment/environment-store.js';
import type { Environment } from '../src/environment/environment.js';
import { sha256 } from '../src/lib/hash.js';
import { appliedStack, getStoredPlan, insertPlan } from '../src/plan/plan-store.js';
import { lostOnTheWayBack } from '../src/plan/way-back.js';
import { getRun } from '../src/run/run-store.js';
import type { EnvironmentChange } from '../src/run/run-transition.js';
import { applySaved } from './apply-saved.js';
import type { WorkerDeps } from './deps.js';
import { namingHolders } from './held.js';
import { makePlan, withTools, type Opened, type Stack } from './plan-steps.js';
import { retrying } from './retrying.js';
import type { RunContext } from './run-context.js';
import { goesOn, recordError } from './settle-failure.js';
import { statesOf } from './states.js';
import { inspect } from './verify.js';

/**
 * Undoes a failed create or update where the environment asks for that: what a create made is destroyed, an update goes back
 * to the revision last applied. False = nothing to roll back here. A rollback that fails too leaves the run failed, with the
 * first error and what stopped the rollback.
 */
export async function rollBack(deps: WorkerDeps, ctx: RunContext, thrown: unknown): Promise<boolean> {
  const cause = toAppError(thrown);
  if (ctx.signal.aborted || goesOn(cause) || cause.code === 'state_diverged') return false;
  const [run, environment] = await Promise.all([
    getRun(deps.db, null, ctx.run.runId),
    getEnvironment(deps.db, null, ctx.run.environmentId),
  ]);
  if (!environment.rollbackOnFailure || !run.applyStarted || !hasWayBack(ctx, environment)) return false;
  ctx.log.warn(
    { code: cause.code, step: cause.step, detail: ctx.redactor.mask(cause.detail ?? '') },
    cause.message,
  );
  ctx.say(`Error: ${cause.message}`);
  await ctx.move({
    to: 'rolling_back',
    message: `rolling back: ${cause.message}`,
    error: recordError(cause),
  });
  await undo(deps, ctx, cause.message);
  return true;
}

function hasWayBack({ run }: RunContext, { appliedRevision }: Environment): boolean {
  return run.kind === 'create' || (run.kind === 'update' && appliedRevision !== null);
}

/** rolling_back -> rolled_back | failed. Also where a recovered rollback goes on. */
export async function undo(deps: WorkerDeps, ctx: RunContext, cause: string): Promise<void> {
  const way =
    ctx.run.kind === 'create'
      ? { work: destroyAll, rest: 'delete the environment to remove the rest' }
      : { work: goBack, rest: 'retry, or roll back to an earlier revision' };
  // Of all attempts together.
  const deadline = deadlineOf({ name: 'ROLLBACK_TIMEOUT', ms: deps.config.ROLLBACK_TIMEOUT * 1000 });
  try {
    const undone = await retrying(deps, ctx, { step: 'rollback', work: () => way.work(deps, ctx, deadline) });
    await ctx.move({ to: 'rolled_back', ...undone });
  } catch (error) {
    const failure = ctx.run.kind === 'create' ? await namingHolders(deps, ctx, error) : toAppError(error);
    if (ctx.signal.aborted || goesOn(failure)) throw error;
    const message = `${cause}; the rollback did not complete: ${failure.message}; ${way.rest}`;
    await ctx.move({
      to: 'failed',
      message,
      error: { ...recordError(failure), message },
      data: { rollback_completed: false, left: await leftInState(deps, ctx) },
    });
  }
}

interface Undone {
  readonly message: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly leaves?: EnvironmentChange;
}

async function destroyAll(deps: WorkerDeps, ctx: RunContext, deadline: Deadline): Promise<Undone> {
  await withTools(deps, ctx, async (opened) => {
    const tools = inTime(opened, deadline);
    const planned = await makePlan(deps, ctx, { ...opened, tools, destroy: true });
    if (planned.hasChanges) await applySaved(deps, ctx, { tools, planFile: planned.planFile });
  });
  return { message: 'the rollback is complete; nothing is left', data: { rollback_completed: true } };
}

/** Applies the stack of the revision last applied, unless that would lose what this run did not make. */
async function goBack(deps: WorkerDeps, ctx: RunContext, deadline: Deadline): Promise<Undone> {
  const { revision, stack } = await lastApplied(deps, ctx);
  await withTools(
    deps,
    ctx,
    async (opened) => {
      const tools = inTime(opened, deadline);
      const planned = await makePlan(deps, ctx, { ...opened, tools, destroy: false });
      if (!planned.hasChanges) return;
      const approved = ctx.run.planId === null ? [] : (await getStoredPlan(deps.db, ctx.run.planId)).changes;
      const lost = lostOnTheWayBack(approved, planned.plan.changes);
      if (lost.length > 0)
        throw appError('plan_stale', `going back to revision ${revision} would also ${lost.join(', ')}`);
      await ctx.step('save_plan', () => insertPlan(deps.db, { ...planned.plan, revision }, ctx.lease.epoch));
      await applySaved(deps, ctx, { tools, planFile: planned.planFile });
    },
    stack,
  );
  return {
    message: `the rollback is complete; revision ${revision} is in place again`,
    data: { rollback_completed: true, revision },
    leaves: await inspect(deps, ctx),
  };
}

async function lastApplied(deps: WorkerDeps, ctx: RunContext): Promise<{ revision: number; stack: Stack }> {
  const { environmentId } = ctx.run;
  const { appliedRevision: revision } = await getEnvironment(deps.db, null, environmentId);
  const json = revision === null ? null : await appliedStack(deps.db, environmentId, revision);
  if (revision === null || json === null)
    throw appError('internal', `environment ${environmentId} has no applied revision to go back to`);
  return { revision, stack: { json, sha256: sha256(json) } };
}

/** The tools, until the rollback has to be over; no command has a limit of its own before that. */
function inTime({ tools }: Opened, deadline: Deadline): Opened['tools'] {
  const limits = { plan: deadline, apply: deadline };
  return { ...tools, terraform: { ...tools.terraform, limits, deadline } };
}

/** The addresses that the state still has, for the event of a rollback that did not complete; null when it cannot be read. */
async function leftInState(deps: WorkerDeps, ctx: RunContext): Promise<string[] | null> {
  try {
    const state = await (await statesOf(deps, ctx)).read();
    const left = (state?.resources ?? []).map(({ address }) => address);
    ctx.say(`the rollback did not complete; in the state: ${left.join(', ') || 'nothing'}`);
    return left;
  } catch (error) {
    ctx.say(`the rollback did not complete; the state cannot be read: ${toAppError(error).message}`);
    return null;
  }
}
