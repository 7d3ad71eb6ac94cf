import { setTimeout } from 'node:timers/promises';
import { toAppError, type AppError } from '../src/errors/app-error.js';
import type { RecordedError } from '../src/environment/environment.js';
import { getRun } from '../src/run/run-store.js';
import { canFollow } from '../src/run/run-state.js';
import type { WorkerDeps } from './deps.js';
import type { RunContext } from './run-context.js';
import { whatExists } from './what-exists.js';

export function recordError(error: AppError): RecordedError {
  const { code, message, blame, retryable } = error;
  const { limit, limit_seconds: seconds } = error.extra;
  const hit =
    typeof limit === 'string' && typeof seconds === 'number' ? { limit: { name: limit, seconds } } : {};
  return { code, message, blame, retryable, step: error.step ?? null, ...hit };
}

/** Whether a run that met this goes on by itself: it neither fails nor turns round. */
export function goesOn({ code }: Pick<AppError, 'code'>): boolean {
  return code === 'interrupted' || code === 'database_unavailable';
}

/**
 * Ends a job that threw. A lost lease leaves everything to the worker that has it; a stopping worker, one that could not reach the
 * database, and one whose terraform was killed, hands the run over as interrupted; a cancel ends it canceled; anything else ends it
 * failed with its error.
 */
export async function settleFailure(deps: WorkerDeps, ctx: RunContext, thrown: unknown): Promise<void> {
  const error = reasonOf(ctx, thrown);
  if (error.extra['cut_off'] === true || error.code === 'database_unavailable') return handOver(ctx, error);
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
    const message = ctx.signal.aborted
      ? 'the worker is stopping; another one carries on'
      : `${error.message}; the run is carried on`;
    await ctx.move({ to: 'interrupted', message });
    return;
  }
  if (error.code !== 'run_canceled') {
    await ctx.move({ to: 'failed', message: `the run failed: ${error.message}`, error: recorded });
    return;
  }
  await settleCancel(deps, ctx, recorded);
}

/** How long a database that is away is waited for, and how often it is asked. Afterwards the lease is over for all to see. */
const patienceMs = 60_000;
const againMs = 500;

/** Hands the run of a worker that could not reach the database over as soon as it can, unless another one has it by then. */
async function handOver(ctx: RunContext, { message }: AppError): Promise<void> {
  ctx.log.warn(message);
  for (const until = performance.now() + patienceMs; ;) {
    try {
      await ctx.move({ to: 'interrupted', message: `${message}; the run is carried on` });
      return;
    } catch (thrown) {
      const fault = toAppError(thrown);
      if (fault.code !== 'database_unavailable' || performance.now() > until) {
        ctx.log.warn({ code: fault.code }, 'the run could not be handed over; another worker carries on');
        return;
      }
      await setTimeout(againMs);
    }
  }
}

/** Its environment is told what there is; a rollback that was stopped leaves it failed. */
async function settleCancel(deps: WorkerDeps, ctx: RunContext, error: RecordedError): Promise<void> {
  await ctx.stopping();
  const { status, applyStarted } = await getRun(deps.db, null, ctx.run.runId);
  const left = applyStarted ? `: ${await leftText(deps, ctx)}` : '';
  const message = `the run was canceled in ${error.step ?? 'time'}${left}`;
  if (status === 'rolling_back') {
    await ctx.move({
      to: 'failed',
      message,
      error: { ...error, message },
      data: { rollback_completed: false },
    });
    return;
  }
  if (!canFollow(status, 'canceled'))
    await ctx.move({ to: 'canceling', message: 'the run is being canceled' });
  await ctx.move({ to: 'canceled', message, error: { ...error, message } });
}

async function leftText(deps: WorkerDeps, ctx: RunContext): Promise<string> {
  try {
    return await whatExists(deps, ctx);
  } catch (error) {
    ctx.log.warn({ err: error }, 'the state of a canceled run could not be read');
    return 'what exists is in its state; retry goes on from there, delete removes it';
  }
}

/** Why the run was told to stop wins over how its tool then died. */
function reasonOf(ctx: RunContext, thrown: unknown): AppError {
  const error = toAppError(thrown);
  if (!ctx.signal.aborted) return error;
  const reason = toAppError(ctx.signal.reason);
  return Object.assign(reason, { step: reason.step ?? error.step });
}
