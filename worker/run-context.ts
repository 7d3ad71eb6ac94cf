import { appError, AppError, toAppError } from '../src/errors/app-error.js';
import type { Log } from '../src/log/log.js';
import { keyLineMasker } from '../src/log/key-lines.js';
import { Redactor } from '../src/log/redactor.js';
import { inTransaction } from '../src/db/db.js';
import { maskForms } from '../src/plan/deny-list.js';
import { renewLease } from '../src/run/lease-store.js';
import { enqueueRun } from '../src/run/run-job.js';
import { getRun } from '../src/run/run-store.js';
import { canFollow } from '../src/run/run-state.js';
import { appendLogs } from '../src/run/run-log-store.js';
import { transition, type Transition } from '../src/run/run-transition.js';
import type { Run, Timing } from '../src/run/run.js';
import type { InHand, WorkerDeps } from './deps.js';

/** A run in this worker's hands: its lease, its log, its clock. */
export interface RunContext {
  readonly run: Run;
  readonly lease: { readonly runId: string; readonly epoch: number };
  readonly log: Log;
  /** Aborted when the run is canceled, the lease is lost or the worker stops; the reason is an AppError. */
  readonly signal: AbortSignal;
  /** Aborted when a stop under way is forced. */
  readonly kill: AbortSignal;
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
  /** Resolves when it is told that the run is being canceled, if it is. */
  stopping(): Promise<void>;
  close(): Promise<void>;
}

/** As much of it as reads states. */
export type StateContext = Pick<RunContext, 'run' | 'lease' | 'redactor' | 'say' | 'onClose'>;

/** Further writes of the same transaction. */
export type Alongside = (tx: Parameters<typeof transition>[0]) => Promise<void>;

const flushMs = 100;

export function openRunContext(deps: WorkerDeps, run: Run): RunContext {
  const abort = new AbortController();
  const inHand: InHand = { stop: abort, kill: new AbortController() };
  const lease = { runId: run.runId, epoch: run.leaseEpoch };
  const log = deps.log.child({
    run_id: run.runId,
    environment_id: run.environmentId,
    correlation_id: run.correlationId,
  });
  const redactor = new Redactor(maskForms);
  const maskKeyLine = keyLineMasker();
  const heart = startHeartbeat(deps, run, inHand);
  const lines = logSink(deps, lease, log);
  let timings: Timing[] = [];
  let phase = 'run';
  const closers: (() => void)[] = [];
  deps.active.set(run.runId, inHand);
  let stopping = Promise.resolve();
  const tell = () => void (stopping = tellStopping(deps, { lease, log, reason: abort.signal.reason }));
  abort.signal.addEventListener('abort', tell, { once: true });
  // Asked of a worker that was lost since. A rollback is not stopped by a cancel of what it takes back.
  if (run.cancelRequestedAt !== null && run.status !== 'rolling_back') abort.abort(canceled(run.runId));

  return {
    run,
    lease,
    log,
    redactor,
    signal: abort.signal,
    kill: inHand.kill.signal,
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
    say: (line) => lines.add(phase, redactor.mask(maskKeyLine(line))),
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
    stopping: () => stopping,
    onClose: (closer) => void closers.push(closer),
    close: async () => {
      heart.stop();
      await stopping;
      for (const closer of closers.splice(0)) closer();
      if (deps.active.get(run.runId) === inHand) deps.active.delete(run.runId);
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

/**
 * Beats on a timer of its own. Whoever cannot reach the database for two thirds of its lease stops its terraform while nobody
 * else can have the run: it cannot know whether the database is away, or only it is cut off.
 */
function startHeartbeat(deps: WorkerDeps, run: Run, { stop, kill }: InHand): { stop(): void } {
  const leaseSeconds = deps.config.LEASE_SECONDS;
  const lease = { runId: run.runId, epoch: run.leaseEpoch };
  const patienceMs = leaseSeconds * 667;
  const cutOff = () => stop.abort(cutOffFault(lease.runId, patienceMs));
  let silence = setTimeout(cutOff, patienceMs);
  let stopped = false;
  const beat = async () => {
    const askedAt = performance.now();
    const { alive, cancelRequested, forceCancelRequested } = await renewLease(deps.db, {
      ...lease,
      leaseSeconds,
    });
    clearTimeout(silence);
    if (!stopped) silence = setTimeout(cutOff, patienceMs - (performance.now() - askedAt));
    if (!alive) stop.abort(appError('lease_lost', `run ${lease.runId} was taken over by another worker`));
    else if (cancelRequested && run.status !== 'rolling_back') stop.abort(canceled(lease.runId));
    if (alive && forceCancelRequested) kill.abort();
  };
  const timer = setInterval(() => {
    beat().catch((error: unknown) => deps.log.warn({ err: error, run_id: lease.runId }, 'heartbeat failed'));
  }, leaseSeconds * 333);
  return {
    stop: () => {
      stopped = true;
      clearInterval(timer);
      clearTimeout(silence);
    },
  };
}

/** Like a lost lease, but nobody is known to have the run: it is handed over as soon as the database answers. */
function cutOffFault(runId: string, silentMs: number): AppError {
  const message = `run ${runId} was stopped: the database could not be reached for ${Math.round(silentMs / 1000)} s, and the lease was running out`;
  return appError('lease_lost', message, { extra: { cut_off: true } });
}

export function canceled(runId: string): AppError {
  return appError('run_canceled', `run ${runId} was canceled`);
}

/** Shows that a run is being canceled from the moment its worker hears of it, not only once terraform has stopped. */
async function tellStopping(
  deps: WorkerDeps,
  { lease, log, reason }: Pick<RunContext, 'lease' | 'log'> & { reason: unknown },
): Promise<void> {
  if (toAppError(reason).code !== 'run_canceled') return;
  try {
    await inTransaction(deps.db, async (tx) => {
      const { status } = await getRun(tx, null, lease.runId);
      if (!canFollow(status, 'canceling')) return;
      await transition(tx, { ...lease, to: 'canceling', message: 'the run is being canceled' });
    });
  } catch (error) {
    log.debug({ err: error }, 'the run moved on before its cancel was told');
  }
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
  /** What a database that is away does not take is kept for the next time. */
  const keep = (batch: typeof waiting) =>
    write(batch).catch((error: unknown) => {
      if (toAppError(error).code === 'database_unavailable') waiting = [...batch, ...waiting];
      throw error;
    });
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    const batch = waiting;
    waiting = [];
    if (batch.length > 0) writing = writing.catch(() => undefined).then(() => keep(batch));
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
