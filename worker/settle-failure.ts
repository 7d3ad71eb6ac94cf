import { toAppError, type AppError } from '../src/errors/app-error.js';
import type { RecordedError } from '../src/environment/environment.js';
import { getRun } from '../src/run/run-store.js';
import { canFollow } from '../src/run/run-state.js';
import type { WorkerDeps } from './deps.js';
import type { RunContext } from './run-context.js';

export function recordError(error: AppError): RecordedError {
  const { code, message, blame, retryable } = error;
  return { code, message, blame, retryable, step: error.step ?? null };
}

/**
 * Ends a job that threw. A lost lease leaves everything to the worker that has it; a stopping worker hands the run
 * over as interrupted; a cancel ends it canceled; anything else ends it failed with its error.
 */
export async function settleFailure(deps: WorkerDeps, ctx: RunContext, thrown: unknown): Promise<void> {
  const error = reasonOf(ctx, thrown);
  if (error.code === 'lease_lost') {
    ctx.log.warn({ step: error.step }, 'the lease was lost; another worker carries on');
    return;
  }
  ctx.log.error(
    { code: error.code, step: error.step, detail: ctx.redactor.mask(error.detail ?? '') },
    error.message,
  );
  ctx.say(`Error: ${error.message}`);
  const recorded = recordError(error);
  if (error.code === 'interrupted') {
    await ctx.move({ to: 'interrupted', message: 'the worker is stopping; another one carries on' });
    return;
  }
  if (error.code !== 'run_canceled') {
    await ctx.move({ to: 'failed', message: `the run failed: ${error.message}`, error: recorded });
    return;
  }
  const { status } = await getRun(deps.db, null, ctx.run.runId);
  if (!canFollow(status, 'canceled'))
    await ctx.move({ to: 'canceling', message: 'the run is being canceled' });
  await ctx.move({
    to: 'canceled',
    message: `the run was canceled in ${error.step ?? 'time'}`,
    error: recorded,
  });
}

/** Why the run was told to stop wins over how its tool then died. */
function reasonOf(ctx: RunContext, thrown: unknown): AppError {
  const error = toAppError(thrown);
  if (!ctx.signal.aborted) return error;
  const reason = toAppError(ctx.signal.reason);
  return Object.assign(reason, { step: reason.step ?? error.step });
}
