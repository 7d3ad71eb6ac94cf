/** Looks for lost work: leases of dead workers, runs whose job the queue forgot, work directories nobody uses. */
import { pruneAudit, settleLostIntents } from '../src/audit/auditor.js';
import { inTransaction } from '../src/db/db.js';
import { endExpired } from '../src/environment/expiry.js';
import { toAppError } from '../src/errors/app-error.js';
import { deleteOldKeys } from '../src/idempotency/idempotency-store.js';
import { dropArtifacts } from '../src/plan/plan-store.js';
import { resend, deleteSent } from '../src/queue/outbox.js';
import { databaseClock, expiredLeases, heldLeases, waitingRuns } from '../src/run/lease-store.js';
import { interruptRun } from '../src/run/interrupt-run.js';
import { createLeaseWatch, type LeaseWatch } from '../src/run/lease-watch.js';
import { isOwnerDead } from '../src/run/lease-owner.js';
import { jobOf } from '../src/run/run-job.js';
import { advanceOffboardings } from '../src/tenant/offboarding.js';
import { deleteOldDeliveries } from '../src/webhook/delivery-store.js';
import { forgetFormerSecrets } from '../src/webhook/webhook-store.js';
import { sweepWorkDirs } from '../src/terraform/work-dir.js';
import type { WorkerDeps } from './deps.js';
import { handIn, sealForgotten } from './hand-in.js';
import { expirePlans } from './plan-expiry.js';
import { endOverdueInQueue } from './queue-limit.js';
import { scheduleDriftChecks } from './drift-schedule.js';

export interface Sweeper {
  /** Sweeps once, now. */
  sweep(): Promise<void>;
  close(): void;
}

/** Starts sweeping every SWEEP_SECONDS. */
export function startSweeper(deps: WorkerDeps): Sweeper {
  const watch = createLeaseWatch(deps.config.LEASE_SECONDS * 1000);
  const look = () => lookAtDatabase(deps, watch);
  const sweep = async () => {
    await look();
    await handIn(deps);
    await sealForgotten(deps);
    await interruptDeadRuns(deps, watch);
    await resendLostJobs(deps);
    await advanceOffboardings(deps.db);
    await deleteSent(deps.db);
    await deleteOldKeys(deps.db);
    await scheduleDriftChecks(deps);
    await expirePlans(deps);
    await endExpired(deps);
    await endOverdueInQueue(deps);
    await dropArtifacts(deps.db);
    await keepAudit(deps);
    await deleteOldDeliveries(deps.db);
    await forgetFormerSecrets(deps.db);
    await sweepWorkDirs(deps.config.workdirBase, await runsInHand(deps));
  };
  const timer = setInterval(() => {
    sweep().catch((error: unknown) =>
      deps.log.warn({ err: error }, 'a sweep failed; the next one tries again'),
    );
  }, deps.config.SWEEP_SECONDS * 1000);
  const looking = setInterval(() => void look(), deps.config.LEASE_SECONDS * 333);
  return {
    sweep,
    close: () => {
      clearInterval(timer);
      clearInterval(looking);
    },
  };
}

async function lookAtDatabase({ db }: WorkerDeps, watch: LeaseWatch): Promise<void> {
  const askedAt = performance.now();
  try {
    watch.saw({ askedAt, ...(await databaseClock(db)) });
  } catch {
    watch.missed();
  }
}

/** A process that is known to be gone is proof; silence is none while the database is, or was just, away. */
async function interruptDeadRuns(deps: WorkerDeps, watch: LeaseWatch): Promise<void> {
  const held = await heldLeases(deps.db);
  const dead = held.filter((lease) => !deps.active.has(lease.runId) && isOwnerDead(lease.owner));
  const silent = watch.mayJudge(performance.now()) ? await expiredLeases(deps.db) : [];
  const lost = new Map([...dead, ...silent].map((lease) => [lease.runId, lease.epoch]));
  for (const [runId, epoch] of lost)
    await inTransaction(deps.db, (tx) =>
      interruptRun(tx, { runId, epoch, why: 'the worker was lost' }),
    ).catch((error: unknown) =>
      deps.log.warn({ run_id: runId, reason: toAppError(error).message }, 'a silent run moved on by itself'),
    );
}

/** Tells of changes whose process died, and ends what retention says is over. */
async function keepAudit({ db, config }: WorkerDeps): Promise<void> {
  await settleLostIntents(db);
  if (config.AUDIT_RETENTION_DAYS !== undefined) await pruneAudit(db, config.AUDIT_RETENTION_DAYS);
}

async function resendLostJobs(deps: WorkerDeps): Promise<void> {
  const waiting = await waitingRuns(deps.db, deps.config.SWEEP_SECONDS);
  for (const run of waiting) {
    deps.log.info({ run_id: run.runId, status: run.status }, 'a waiting run is sent to the queue again');
    await resend(deps.db, jobOf(run));
  }
}

/** Runs of this machine that still need their work directory: its own, and those of other live workers on it. */
async function runsInHand(deps: WorkerDeps): Promise<ReadonlySet<string>> {
  const held = await heldLeases(deps.db);
  return new Set([...held.map((lease) => lease.runId), ...deps.active.keys()]);
}
