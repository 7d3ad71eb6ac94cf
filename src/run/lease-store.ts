/** Leases: a worker's numbered right to act on a run. The epoch only rises; every write of a worker carries it. */
import type { Queryable, Tx } from '../db/db.js';
import { holdOf } from '../tenant/admission.js';
import { breakerHold } from '../account/breaker-store.js';
import type { RunStatus } from './run-state.js';
import { openDriftCheck, runColumns } from './run-store.js';
import { transition } from './run-transition.js';
import type { Run } from './run.js';

export interface Claim {
  readonly runId: string;
  readonly from: RunStatus;
  readonly to: RunStatus;
  readonly owner: string;
  readonly leaseSeconds: number;
}

/**
 * Takes a waiting run by one conditional update; null = somebody else has it, it moved on, or its tenant has as many runs under
 * way as it may, or a drift check of its environment has not stopped yet: return quietly.
 */
export async function claimRun(tx: Tx, claim: Claim): Promise<Run | null> {
  const { rows: waiting } = await tx.query<Pick<Run, 'environmentId' | 'tenantId' | 'kind'>>(
    `select environment_id as "environmentId", tenant_id as "tenantId", kind from runs where run_id = $1 and status = $2`,
    [claim.runId, claim.from],
  );
  if (waiting[0] === undefined) return null;
  await tx.query(`select 1 from environments where environment_id = $1 for update`, [
    waiting[0].environmentId,
  ]);
  const hold = await holdOf(tx, { ...waiting[0], status: claim.from }, { lock: true });
  if (hold !== null || (await checkInTheWay(tx, waiting[0]))) return null;
  const held =
    claim.from !== 'interrupted' && (await breakerHold(tx, { ...claim, ...waiting[0] }, { claim: true }));
  if (typeof held === 'string') return null;
  const { rows } = await tx.query<{ epoch: number }>(
    `update runs set lease_epoch = lease_epoch + 1, lease_owner = $3,
       lease_expires_at = now() + make_interval(secs => $4), started_at = coalesce(started_at, now())
     where run_id = $1 and status = $2 and lease_owner is null returning lease_epoch as epoch`,
    [claim.runId, claim.from, claim.owner, claim.leaseSeconds],
  );
  if (rows[0] === undefined) return null;
  return transition(tx, {
    runId: claim.runId,
    to: claim.to,
    epoch: rows[0].epoch,
    message: `a worker took the run: ${claim.to}`,
  });
}

/** A drift check that was told to stop has not done so: its end has the run delivered again. */
async function checkInTheWay(tx: Tx, run: Pick<Run, 'environmentId' | 'kind'>): Promise<boolean> {
  if (run.kind === 'drift_check') return false;
  const check = await openDriftCheck(tx, run.environmentId);
  return check !== null && check.leaseOwner !== null;
}

export interface Beat {
  readonly alive: boolean;
  readonly cancelRequested: boolean;
  readonly forceCancelRequested: boolean;
}

/** Renews a lease. `alive` false = the lease is another worker's now: stop at once. */
export async function renewLease(
  db: Queryable,
  lease: { readonly runId: string; readonly epoch: number; readonly leaseSeconds: number },
): Promise<Beat> {
  const { rows } = await db.query<Omit<Beat, 'alive'>>(
    `update runs set lease_expires_at = now() + make_interval(secs => $3)
     where run_id = $1 and lease_epoch = $2 and lease_owner is not null
     returning cancel_requested_at is not null as "cancelRequested",
       force_cancel_requested_at is not null as "forceCancelRequested"`,
    [lease.runId, lease.epoch, lease.leaseSeconds],
  );
  const asked = rows[0] ?? { cancelRequested: false, forceCancelRequested: false };
  return { alive: rows.length > 0, ...asked };
}

/** The database's own clock and its last start, in milliseconds: what silence is measured by. */
export async function databaseClock(
  db: Queryable,
): Promise<{ databaseNow: number; databaseStartedAt: number }> {
  const { rows } = await db.query<{ now: Date; started: Date }>(
    `select clock_timestamp() as now, pg_postmaster_start_time() as started`,
  );
  const { now, started } = rows[0]!;
  return { databaseNow: now.getTime(), databaseStartedAt: started.getTime() };
}

/** Runs whose worker fell silent. */
export async function expiredLeases(db: Queryable): Promise<{ runId: string; epoch: number }[]> {
  const { rows } = await db.query<{ runId: string; epoch: number }>(
    `select run_id as "runId", lease_epoch as epoch from runs
     where finished_at is null and lease_owner is not null and lease_expires_at < now()`,
  );
  return rows;
}

/** Leases with their owners, so that a worker on the same machine can tell the dead ones at once. */
export async function heldLeases(db: Queryable): Promise<{ runId: string; epoch: number; owner: string }[]> {
  const { rows } = await db.query<{ runId: string; epoch: number; owner: string }>(
    `select run_id as "runId", lease_epoch as epoch, lease_owner as owner from runs
     where finished_at is null and lease_owner is not null`,
  );
  return rows;
}

/** Runs that wait in a tenant with a limit of runs at once, or that waited out a suspension. Oldest first. */
export async function heldBackRuns(db: Queryable, tenantId: string, limit: number): Promise<Run[]> {
  const { rows } = await db.query<Run>(
    `select ${runColumns} from runs
     where tenant_id = $1 and finished_at is null and lease_owner is null and status in ('queued', 'approved')
     order by run_id limit $2`,
    [tenantId, limit],
  );
  return rows;
}

/**
 * Runs that wait for a worker for longer than `seconds`: their job may have been lost. Those of suspended tenants wait on. A job
 * wakes a slot until nothing is due: a hundred are enough.
 */
export async function waitingRuns(db: Queryable, seconds: number): Promise<Run[]> {
  const { rows } = await db.query<Run>(
    `select ${runColumns} from runs r
     where finished_at is null and lease_owner is null and status in ('queued', 'approved', 'interrupted')
       and not (status = 'queued' and exists (
         select 1 from tenants t where t.tenant_id = r.tenant_id and t.status = 'suspended'))
       and not exists (select 1 from outbox o where o.payload ->> 'run_id' = r.run_id
                       and coalesce(o.sent_at, now()) > now() - make_interval(secs => $1))
     order by run_id limit 100`,
    [seconds],
  );
  return rows;
}

/** Runs that wait to be planned for longer than `seconds`, oldest first; a suspension of their tenant does not count. */
export async function overdueInQueue(db: Queryable, seconds: number): Promise<Run[]> {
  const { rows } = await db.query<Run>(
    `select ${runColumns} from runs r
     where status = 'queued' and lease_owner is null and created_at < now() - make_interval(secs => $1)
       and not exists (select 1 from tenants t where t.tenant_id = r.tenant_id and t.status = 'suspended')
     order by run_id limit 100`,
    [seconds],
  );
  return rows;
}
