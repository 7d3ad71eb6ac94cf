import type { Queryable, Tx } from '../db/db.js';
import { appError } from '../errors/app-error.js';
import { toPage, type Page, type PageRequest } from '../lib/page.js';
import type { Run, RunFilter } from './run.js';

export const runColumns = `run_id as "runId", environment_id as "environmentId", tenant_id as "tenantId",
  account_id as "accountId", kind, status, revision, review, requested_by as "requestedBy", author_id as "authorId", replan_of as "replanOf",
  correlation_id as "correlationId", lease_epoch as "leaseEpoch", lease_owner as "leaseOwner", interruptions,
  interrupted_from as "interruptedFrom", apply_started as "applyStarted", cancel_requested_at as "cancelRequestedAt",
  force_cancel_requested_at as "forceCancelRequestedAt", attempts,
  plan_id as "planId", timings, phases, error, created_at as "createdAt", started_at as "startedAt", finished_at as "finishedAt"`;

/** A tenant's run; another tenant's is `not_found` in the same words. `tenantId` null = any tenant. */
export async function getRun(db: Queryable, tenantId: string | null, runId: string): Promise<Run> {
  const { rows } = await db.query<Run>(
    `select ${runColumns} from runs where run_id = $2 and ($1::text is null or tenant_id = $1)`,
    [tenantId, runId],
  );
  if (rows[0] === undefined) throw appError('not_found', `no run ${runId}`);
  return rows[0];
}

/** Runs newest first; `after` is the run id last seen. */
export async function listRuns(db: Queryable, filter: RunFilter, page: PageRequest): Promise<Page<Run>> {
  const { rows } = await db.query<Run>(
    `select ${runColumns} from runs
     where ($1::text is null or tenant_id = $1) and ($2::text is null or environment_id = $2)
       and ($3::text is null or status = $3) and ($4::text is null or kind = $4)
       and ($5::text is null or run_id < $5)
     order by run_id desc limit $6`,
    [
      filter.tenantId ?? null,
      filter.environmentId ?? null,
      filter.status ?? null,
      filter.kind ?? null,
      page.after ?? null,
      page.limit + 1,
    ],
  );
  return toPage(rows, page.limit, (run) => run.runId);
}

export type NewRun = Pick<
  Run,
  | 'runId'
  | 'environmentId'
  | 'tenantId'
  | 'accountId'
  | 'kind'
  | 'revision'
  | 'review'
  | 'requestedBy'
  | 'correlationId'
> &
  Partial<Pick<Run, 'authorId' | 'replanOf'>>;

/** Inserts a queued run; a second active run, or a second drift check, is `active_run`. */
export async function insertRun(tx: Tx, run: NewRun): Promise<Run> {
  const { rows } = await tx.query<Run>(
    `insert into runs (run_id, environment_id, tenant_id, account_id, kind, status, revision, review, requested_by, correlation_id,
       author_id, replan_of)
     values ($1, $2, $3, $4, $5, 'queued', $6, $7, $8, $9, $10, $11)
     on conflict do nothing returning ${runColumns}`,
    [
      run.runId,
      run.environmentId,
      run.tenantId,
      run.accountId,
      run.kind,
      run.revision,
      run.review,
      run.requestedBy,
      run.correlationId,
      run.authorId ?? null,
      run.replanOf ?? null,
    ],
  );
  if (rows[0] !== undefined) return rows[0];
  const active =
    run.kind === 'drift_check'
      ? (await openDriftCheck(tx, run.environmentId))?.runId
      : await activeRunId(tx, run.environmentId);
  throw appError(
    'active_run',
    `environment ${run.environmentId} already has an active run ${active ?? ''}`.trim(),
  );
}

/** The unfinished run of an environment, if any. A drift check is none: it gives way. */
export async function activeRunId(db: Queryable, environmentId: string): Promise<string | null> {
  const { rows } = await db.query<{ runId: string }>(
    `select run_id as "runId" from runs
     where environment_id = $1 and finished_at is null and kind <> 'drift_check'`,
    [environmentId],
  );
  return rows[0]?.runId ?? null;
}

/** The unfinished drift check of an environment, if any. */
export async function openDriftCheck(db: Queryable, environmentId: string): Promise<Run | null> {
  const { rows } = await db.query<Run>(
    `select ${runColumns} from runs
     where environment_id = $1 and finished_at is null and kind = 'drift_check'`,
    [environmentId],
  );
  return rows[0] ?? null;
}

/** Asks the worker that holds the run to stop; the database tells it at once. */
export async function requestCancel(tx: Queryable, runId: string, by: string): Promise<void> {
  await tx.query(
    `update runs set cancel_requested_at = coalesce(cancel_requested_at, now()), cancel_requested_by = coalesce(cancel_requested_by, $2)
     where run_id = $1`,
    [runId, by],
  );
}

/** Whole seconds since a cancel was asked for, by the clock of the database; null = it was not. */
export async function secondsSinceCancel(db: Queryable, runId: string): Promise<number | null> {
  const { rows } = await db.query<{ seconds: number | null }>(
    `select floor(extract(epoch from clock_timestamp() - cancel_requested_at))::int as seconds from runs where run_id = $1`,
    [runId],
  );
  return rows[0]?.seconds ?? null;
}

/** Asks the worker that holds the run to end its tool at once; the database tells it. */
export async function requestForceCancel(tx: Queryable, runId: string, by: string): Promise<void> {
  await tx.query(
    `update runs set force_cancel_requested_at = coalesce(force_cancel_requested_at, now()),
       force_cancel_requested_by = coalesce(force_cancel_requested_by, $2)
     where run_id = $1`,
    [runId, by],
  );
}

/** Notes that terraform is about to change things; false when the lease is gone. */
export async function markApplyStarted(
  db: Queryable,
  lease: { readonly runId: string; readonly epoch: number },
): Promise<boolean> {
  const { rowCount } = await db.query(
    `update runs set apply_started = true where run_id = $1 and lease_epoch = $2 and finished_at is null`,
    [lease.runId, lease.epoch],
  );
  return rowCount === 1;
}

/** The applies of these runs may have begun and been cut off: what their plans were going to make may exist. */
export async function suspectApplies(tx: Tx, runIds: readonly string[]): Promise<void> {
  await tx.query(
    `update runs set apply_started = true, interruptions = greatest(interruptions, 1)
     where run_id = any ($1) and plan_id is not null`,
    [runIds],
  );
}
