import { appError, AppError, toAppError } from '../src/errors/app-error.js';
import type { Log } from '../src/log/log.js';
import { Redactor } from '../src/log/redactor.js';
import { inTransaction } from '../src/db/db.js';
import { renewLease } from '../src/run/lease-store.js';
import { enqueueRun } from '../src/run/run-job.js';
import { appendLogs } from '../src/run/run-log-store.js';
import { transition, type Transition } from '../src/run/run-transition.js';
import type { Run, Timing } from '../src/run/run.js';
import type { WorkerDeps } from './deps.js';

/** A run in this worker's hands: its lease, its log, its clock. */
export interface RunContext {
  readonly run: Run;
  readonly lease: { readonly runId: string; readonly epoch: number };
  readonly log: Log;
  /** Aborted when the run is canceled, the lease is lost or the worker stops; the reason is an AppError. */
  readonly signal: AbortSignal;
  readonly redactor: Redactor;
  /** Does one named step: timed onto the run, its name added to any error. */
  step<T>(name: string, work: () => Promise<T>): Promise<T>;
  /** Adds a line, masked, to the run's log. */
  say(line: string): void;
  /** Moves the run, with the timings since the last move; the job that carries it on is queued with it. */
  move(step: Omit<Transition, 'runId' | 'epoch' | 'timings'>, alongside?: Alongside): Promise<Run>;
  /** A write was refused for its old epoch: stops what is under way at once. */
  giveUp(reason: AppError): void;
  /** Called when the job is over. */
  onClose(closer: () => void): void;
  close(): Promise<void>;
}

/** As much of it as reads states. */
export type StateContext = Pick<RunContext, 'run' | 'lease' | 'redactor' | 'say' | 'onClose'>;

/** Further writes of the same transaction. */
export type Alongside = (tx: Parameters<typeof transition>[0]) => Promise<void>;

const flushMs = 100;

export function openRunContext(deps: WorkerDeps, run: Run): RunContext {
  const abort = new AbortController();
  const lease = { runId: run.runId, epoch: run.leaseEpoch };
  const log = deps.log.child({
    run_id: run.runId,
    environment_id: run.environmentId,
    correlation_id: run.correlationId,
  });
  const redactor = new Redactor();
  const heart = startHeartbeat(deps, lease, abort);
  const lines = logSink(deps, lease, log);
  let timings: Timing[] = [];
  let phase = 'run';
  const closers: (() => void)[] = [];
  deps.active.set(run.runId, abort);

  return {
    run,
    lease,
    log,
    redactor,
    signal: abort.signal,
    step: async (name, work) => {
      phase = name;
      abort.signal.throwIfAborted();
      const started = Date.now();
      try {
        return await work();
      } catch (error) {
        throw named(error, name);
      } finally {
        const durationMs = Date.now() - started;
        timings.push({ step: name, startedAt: new Date(started).toISOString(), durationMs });
        log.debug({ step: name, duration_ms: durationMs }, 'step done');
      }
    },
    say: (line) => lines.add(phase, redactor.mask(line)),
    move: async (step, alongside) => {
      await lines.flush();
      const moved = await inTransaction(deps.db, async (tx) => {
        await alongside?.(tx);
        const next = await transition(tx, { ...step, runId: run.runId, epoch: lease.epoch, timings });
        if (next.status === 'approved' || next.status === 'interrupted') await enqueueRun(tx, next);
        return next;
      });
      timings = [];
      log.info({ operation: `${run.kind}_run`, status: moved.status }, step.message);
      return moved;
    },
    giveUp: (reason) => abort.abort(reason),
    onClose: (closer) => void closers.push(closer),
    close: async () => {
      clearInterval(heart);
      for (const closer of closers.splice(0)) closer();
      if (deps.active.get(run.runId) === abort) deps.active.delete(run.runId);
      await lines
        .flush()
        .catch((error: unknown) => log.warn({ err: error }, 'log lines of a run could not be stored'));
    },
  };
}

function named(error: unknown, step: string): AppError {
  const app = toAppError(error);
  if (app.step !== undefined) return app;
  return new AppError(app.code, {
    message: app.message,
    detail: app.detail,
    errors: app.errors,
    extra: app.extra,
    cause: app.cause,
    step,
  });
}

/** Beats on a timer of its own. A database that does not answer is no reason to stop: nobody else can take the run then. */
function startHeartbeat(
  deps: WorkerDeps,
  lease: RunContext['lease'],
  abort: AbortController,
): NodeJS.Timeout {
  const leaseSeconds = deps.config.LEASE_SECONDS;
  const beat = async () => {
    const { alive, cancelRequested } = await renewLease(deps.db, { ...lease, leaseSeconds });
    if (!alive) abort.abort(appError('lease_lost', `run ${lease.runId} was taken over by another worker`));
    else if (cancelRequested) abort.abort(canceled(lease.runId));
  };
  return setInterval(() => {
    beat().catch((error: unknown) => deps.log.warn({ err: error, run_id: lease.runId }, 'heartbeat failed'));
  }, leaseSeconds * 333);
}

export function canceled(runId: string): AppError {
  return appError('run_canceled', `run ${runId} was canceled`);
}

/** Gathers lines and writes them in batches, in order, fenced by the lease. */
function logSink(deps: WorkerDeps, lease: RunContext['lease'], log: Log) {
  let waiting: { phase: string; line: string }[] = [];
  let writing: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  const write = async (batch: typeof waiting) => {
    for (const phase of new Set(batch.map((entry) => entry.phase))) {
      const lines = batch.filter((entry) => entry.phase === phase).map((entry) => entry.line);
      await appendLogs(deps.db, { ...lease, phase, lines });
    }
  };
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    const batch = waiting;
    waiting = [];
    if (batch.length > 0) writing = writing.then(() => write(batch));
    return writing;
  };
  return {
    flush,
    add: (phase: string, line: string) => {
      waiting.push({ phase, line });
      timer ??= setTimeout(() => {
        flush().catch((error: unknown) => log.warn({ err: error }, 'log lines of a run could not be stored'));
      }, flushMs);
    },
  };
}
