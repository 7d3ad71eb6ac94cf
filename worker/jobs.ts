import { claimNext, type Claimed } from '../src/run/claim-store.js';
import { applyRun } from './apply-job.js';
import type { WorkerDeps } from './deps.js';
import { checkDrift } from './drift-job.js';
import { planRun } from './plan-job.js';
import { recoverRun } from './recover-job.js';
import { openRunContext, type RunContext } from './run-context.js';
import { settleFailure } from './settle-failure.js';

type Processor = (deps: WorkerDeps, ctx: RunContext) => Promise<void>;

const processors: Record<Claimed['from'], Processor> = {
  queued: (deps, ctx) => (ctx.run.kind === 'drift_check' ? checkDrift(deps, ctx) : planRun(deps, ctx)),
  approved: applyRun,
  interrupted: recoverRun,
};

/** Claims the run whose turn it is, processes and settles it. False = none waits that may be taken. */
export async function doNext(deps: WorkerDeps, opened: () => void): Promise<boolean> {
  const { owner, config } = deps;
  const claimed = await claimNext(deps.db, {
    owner,
    leaseSeconds: config.LEASE_SECONDS,
    accountRunsAtOnce: config.ACCOUNT_RUNS_AT_ONCE,
  });
  if (claimed === null) return false;
  const ctx = openRunContext(deps, claimed.run);
  opened();
  try {
    await processors[claimed.from](deps, ctx);
  } catch (error) {
    await settleFailure(deps, ctx, error);
  } finally {
    await ctx.close();
  }
  return true;
}
