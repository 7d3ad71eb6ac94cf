import { setTimeout as delay } from 'node:timers/promises';
import { noteCloudFailure, noteCloudSuccess } from '../src/account/breaker-store.js';
import { toAppError } from '../src/errors/app-error.js';
import { saveAttempt } from '../src/run/attempt-store.js';
import { mayPass, waitBefore } from '../src/run/retry-rules.js';
import { wakeWaiting } from '../src/run/wake.js';
import type { WorkerDeps } from './deps.js';
import type { RunContext } from './run-context.js';

/**
 * Does the work, and does it again after a failure that may pass: RETRY_ATTEMPTS times, each wait twice as long.
 * `work` starts from what there is by then, and never repeats blindly. Each failure of the cloud counts in the breaker of the account.
 */
export async function retrying<T>(
  deps: WorkerDeps,
  ctx: RunContext,
  { step, work }: { readonly step: string; readonly work: () => Promise<T> },
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      const done = await work();
      await closeBreaker(deps, ctx);
      return done;
    } catch (thrown) {
      const { code, message, blame } = toAppError(thrown);
      if (ctx.signal.aborted || !mayPass(code)) throw thrown;
      if (blame === 'tenant_cloud') await openBreaker(deps, ctx, message);
      if (attempt >= deps.config.RETRY_ATTEMPTS) throw thrown;
      const waitMs = waitBefore(attempt, deps.config.RETRY_FIRST_WAIT * 1000, Math.random());
      const failedAt = new Date().toISOString();
      await saveAttempt(deps.db, ctx.run, { step, attempt, code, message, failedAt, waitMs });
      ctx.say(`attempt ${attempt} of ${deps.config.RETRY_ATTEMPTS} failed: ${message}`);
      await delay(waitMs, undefined, { signal: ctx.signal }).catch(() => ctx.signal.throwIfAborted());
    }
  }
}

async function openBreaker({ db, config }: WorkerDeps, { run }: RunContext, error: string): Promise<void> {
  const rules = { failures: config.BREAKER_FAILURES, openSeconds: config.BREAKER_SECONDS };
  await noteCloudFailure(db, run, { rules, error });
}

/** Runs that waited for the account go on. */
async function closeBreaker({ db }: WorkerDeps, { run }: RunContext): Promise<void> {
  if (await noteCloudSuccess(db, run))
    await wakeWaiting(db, run.tenantId, { after: `breaker-${run.runId}-${run.leaseEpoch}` });
}
