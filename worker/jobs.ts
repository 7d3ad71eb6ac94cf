import type { JobName, JobPayload } from '../src/queue/queue.js';
import { claimRun } from '../src/run/lease-store.js';
import type { RunStatus } from '../src/run/run-state.js';
import { wakeWaiting } from '../src/run/wake.js';
import { getQuota } from '../src/tenant/quota-store.js';
import { getRun } from '../src/run/run-store.js';
import type { Run } from '../src/run/run.js';
import { applyRun } from './apply-job.js';
import type { WorkerDeps } from './deps.js';
import { checkDrift } from './drift-job.js';
import { planRun } from './plan-job.js';
import { recoverRun } from './recover-job.js';
import { openRunContext, type RunContext } from './run-context.js';
import { settleFailure } from './settle-failure.js';

type Processor = (deps: WorkerDeps, ctx: RunContext) => Promise<void>;

interface Job {
  readonly from: RunStatus;
  readonly to: RunStatus;
  readonly process: Processor;
}

const jobs: Record<Exclude<JobName, 'recover'>, Job> = {
  plan: {
    from: 'queued',
    to: 'planning',
    process: (deps, ctx) => (ctx.run.kind === 'drift_check' ? checkDrift(deps, ctx) : planRun(deps, ctx)),
  },
  apply: { from: 'approved', to: 'applying', process: applyRun },
};

/**
 * Does one job: claim, process, settle. A job whose run moved on, or is somebody else's, is done at once. Tells the job
 * that may follow at once: a plan that needs no person is applied by whoever made it. It is in the queue all the same, and
 * the claim decides who has it.
 */
export async function doJob(deps: WorkerDeps, name: JobName, payload: JobPayload): Promise<JobName | null> {
  const job = name === 'recover' ? await recovery(deps, payload.run_id) : jobs[name];
  if (job === null) return null;
  const claim = { runId: payload.run_id, owner: deps.owner, leaseSeconds: deps.config.LEASE_SECONDS };
  const run = await claimRun(deps.db, { ...claim, from: job.from, to: job.to });
  if (run === null) return null;
  const ctx = openRunContext(deps, run);
  try {
    await job.process(deps, ctx);
  } catch (error) {
    await settleFailure(deps, ctx, error);
  } finally {
    await ctx.close();
    await passOn(deps, run);
  }
  return name === 'plan' && run.review === 'auto' && run.kind !== 'drift_check' ? 'apply' : null;
}

/** Where runs at once are limited, another one may go on now. Should this fail, the sweeper finds them. */
async function passOn({ db, log }: WorkerDeps, { tenantId, runId, leaseEpoch }: Run): Promise<void> {
  try {
    const { runsAtOnce } = await getQuota(db, tenantId);
    if (runsAtOnce !== null) await wakeWaiting(db, tenantId, { after: `${runId}-${leaseEpoch}`, most: 1 });
  } catch (error) {
    log.warn(
      { err: error, run_id: runId },
      'a run that waits for another of its tenant waits for the sweeper',
    );
  }
}

async function recovery(deps: WorkerDeps, runId: string): Promise<Job | null> {
  const { status, interruptedFrom } = await getRun(deps.db, null, runId);
  if (status !== 'interrupted' || interruptedFrom === null) return null;
  return { from: 'interrupted', to: interruptedFrom, process: recoverRun };
}
