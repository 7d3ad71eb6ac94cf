import { toAppError } from '../src/errors/app-error.js';
import { getEnvironment } from '../src/environment/environment-store.js';
import { getRun } from '../src/run/run-store.js';
import { applySaved } from './apply-saved.js';
import type { WorkerDeps } from './deps.js';
import { makePlan, withTools } from './plan-steps.js';
import type { RunContext } from './run-context.js';
import { recordError } from './settle-failure.js';

/**
 * Destroys what a failed create brought about, where the environment asks for that. False = nothing to roll back here.
 * A rollback that fails too leaves the run failed, with the first error and what stopped the rollback.
 */
export async function rollBack(deps: WorkerDeps, ctx: RunContext, thrown: unknown): Promise<boolean> {
  if (ctx.signal.aborted || ctx.run.kind !== 'create') return false;
  const [run, environment] = await Promise.all([
    getRun(deps.db, null, ctx.run.runId),
    getEnvironment(deps.db, null, ctx.run.environmentId),
  ]);
  if (!environment.rollbackOnFailure || !run.applyStarted) return false;
  const cause = toAppError(thrown);
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
  await destroyAll(deps, ctx, cause.message);
  return true;
}

/** rolling_back -> rolled_back | failed. Also where a recovered rollback goes on. */
export async function destroyAll(deps: WorkerDeps, ctx: RunContext, cause: string): Promise<void> {
  try {
    await withTools(deps, ctx, async (opened) => {
      const terraform = { ...opened.tools.terraform, timeoutMs: deps.config.ROLLBACK_TIMEOUT * 1000 };
      const tools = { ...opened.tools, terraform };
      const planned = await makePlan(deps, ctx, { ...opened, tools, destroy: true });
      if (planned.hasChanges) await applySaved(deps, ctx, { tools, planFile: planned.planFile });
    });
  } catch (error) {
    if (ctx.signal.aborted) throw error;
    const failure = toAppError(error);
    const message = `${cause}; the rollback did not complete: ${failure.message}; delete the environment to remove the rest`;
    await ctx.move({
      to: 'failed',
      message,
      error: { ...recordError(failure), message },
      data: { rollback_completed: false },
    });
    return;
  }
  await ctx.move({
    to: 'rolled_back',
    message: 'the rollback is complete; nothing is left',
    data: { rollback_completed: true },
  });
}
