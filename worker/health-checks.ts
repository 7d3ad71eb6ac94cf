/** Health checks that nobody waits for: asked for by a person, or due by the schedule. Any worker does any of them. */
import { getAccount } from '../src/account/account-store.js';
import { inTransaction } from '../src/db/db.js';
import { startWakeLoop } from '../src/db/wake-loop.js';
import { getEnvironment } from '../src/environment/environment-store.js';
import { AppError, toAppError } from '../src/errors/app-error.js';
import {
  claimHealthCheck,
  finishHealthCheck,
  scheduleHealthChecks,
  type HealthCheck,
  type Outcome,
} from '../src/health/health-store.js';
import { Redactor } from '../src/log/redactor.js';
import { activeRunId, getRun } from '../src/run/run-store.js';
import { awaitHealth } from './await-health.js';
import type { WorkerDeps } from './deps.js';
import { openProbe } from './health-probe.js';
import type { StateContext } from './run-context.js';
import { statesOf } from './states.js';

/** Done at once by one worker, and made due by one look at the clock. */
const mostAtOnce = 2;
const mostDue = 20;
const lookSeconds = 60;

export interface HealthChecks {
  /** Makes due checks known and does all that wait; resolves when none is left. */
  tick(): Promise<void>;
  close(): Promise<void>;
}

/** Starts looking for checks: at once when one is asked for, and by the clock. */
export function startHealthChecks(deps: WorkerDeps, databaseUrl: string): HealthChecks {
  const { config, db, log } = deps;
  const stop = new AbortController();
  const intervalSeconds = config.HEALTH_CHECK_INTERVAL;
  const loop = startWakeLoop({
    databaseUrl,
    channel: 'terrace_health',
    everyMs: Math.min(Math.max((intervalSeconds || 30) * 100, 1000), 30_000),
    log,
    failed: 'health checks wait; the next look tries again',
    look: async () => {
      await scheduleHealthChecks(db, { intervalSeconds, most: mostDue });
      await Promise.all(Array.from({ length: mostAtOnce }, () => drain(deps, stop.signal)));
    },
  });
  return {
    tick: loop.tick,
    close: async () => {
      stop.abort();
      await loop.close();
    },
  };
}

/** Does checks one after the other until none waits. */
async function drain(deps: WorkerDeps, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const check = await claimHealthCheck(deps.db, 2 * lookSeconds);
    if (check === null) return;
    const outcome = await lookOnce(deps, check, signal);
    // A stopping worker leaves it to the next one.
    if (signal.aborted) return;
    const keep = deps.config.HEALTH_HISTORY;
    await inTransaction(deps.db, (tx) => finishHealthCheck(tx, check, { outcome, keep }));
  }
}

async function lookOnce(deps: WorkerDeps, check: HealthCheck, stop: AbortSignal): Promise<Outcome> {
  const { environmentId, tenantId } = check;
  const closers: (() => Promise<void> | void)[] = [];
  try {
    const active = await activeRunId(deps.db, environmentId);
    if (active !== null) return { error: `not looked: run ${active} is active, and looks at its end` };
    const environment = await getEnvironment(deps.db, tenantId, environmentId);
    const account = await getAccount(deps.db, tenantId, environment.accountId);
    const ctx = await contextOf(deps, environment.currentRunId, (closer) => closers.push(closer));
    const state = await (await statesOf(deps, ctx)).read();
    if (state === null) return { error: 'not looked: the environment has no state' };
    const signal = AbortSignal.any([stop, AbortSignal.timeout(lookSeconds * 1000)]);
    const probe = openProbe(deps, ctx, { environment, account, state });
    return { health: await awaitHealth(probe, { limitMs: 0, signal }) };
  } catch (error) {
    const fault = error instanceof AppError ? error : toAppError(error);
    deps.log.warn(
      { err: error, environment_id: environmentId, health_check_id: check.healthCheckId },
      'a health check found nothing out',
    );
    return { error: fault.publicMessage };
  } finally {
    for (const closer of closers) await closer();
  }
}

/** Reads as the environment's last run did when it planned. */
async function contextOf(
  deps: WorkerDeps,
  runId: string | null,
  onClose: StateContext['onClose'],
): Promise<StateContext> {
  const run = { ...(await getRun(deps.db, null, runId ?? '')), status: 'planning' as const };
  const lease = { runId: run.runId, epoch: run.leaseEpoch };
  return { run, lease, redactor: new Redactor(), say: () => undefined, onClose };
}
