/**
 * The only writer of `status`. Lock, check, change, tell: the environment's row is locked before the run's, the step
 * is checked against the run machine and the worker's lease epoch, and environment status, timeline and outbox change
 * in the same transaction.
 */
import { auditSystem } from '../audit/auditor.js';
import type { Tx } from '../db/db.js';
import { environmentStatusAfter, type StatusBefore } from '../environment/environment-state.js';
import { lockEnvironmentOf } from '../environment/environment-store.js';
import type { RecordedError } from '../environment/environment.js';
import { appError } from '../errors/app-error.js';
import { appendEvent } from '../event/event-store.js';
import { enqueue } from '../queue/outbox.js';
import { allowedRunActions, canFollow, isFinal, type RunStatus } from './run-state.js';
import { jobOf } from './run-job.js';
import { insertRun, openDriftCheck, requestCancel, runColumns, type NewRun } from './run-store.js';
import type { Run, Timing } from './run.js';

/**
 * Makes a queued run the environment's current one, with the line that tells of it. The environment is locked by the caller.
 * A drift check never is the current one, and is told to stop by any other run.
 */
export async function openRun(tx: Tx, run: NewRun, before: StatusBefore): Promise<Run> {
  const isCheck = run.kind === 'drift_check';
  const queued = await insertRun(tx, run);
  if (!isCheck) await stopDriftCheck(tx, run.environmentId, `run ${run.runId} takes its place`);
  const status = environmentStatusAfter({ kind: run.kind, status: 'queued', applyStarted: false }, before);
  await tx.query(
    `update environments set current_run_id = coalesce($2, current_run_id), status = $3,
       updated_at = case when $2::text is null then updated_at else now() end
     where environment_id = $1`,
    [run.environmentId, isCheck ? null : run.runId, status],
  );
  const { tenantId, environmentId, runId, kind, revision, correlationId } = run;
  const message = `${run.requestedBy} requested a ${kind} run of revision ${revision}`;
  const data = { kind, revision, correlation_id: correlationId };
  await appendEvent(tx, { tenantId, environmentId, runId, type: 'run_queued', message, data });
  return queued;
}

/**
 * Ends the drift check of an environment that is locked by the caller: at once while it waits; one in a worker's hands is
 * asked to stop, and the run that takes its place is claimed when its terraform has.
 */
export async function stopDriftCheck(tx: Tx, environmentId: string, why: string): Promise<void> {
  const check = await openDriftCheck(tx, environmentId);
  if (check === null) return;
  await requestCancel(tx, check.runId, 'terrace');
  if (check.leaseOwner === null)
    await transition(tx, {
      runId: check.runId,
      to: 'canceled',
      message: `the drift check was canceled: ${why}`,
    });
}

export interface Transition {
  readonly runId: string;
  readonly to: RunStatus;
  /** The worker's lease epoch; a step of a person or of the sweeper has none. */
  readonly epoch?: number;
  readonly message: string;
  /** A request of a person, not the system, moves the run. */
  readonly byPerson?: boolean;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly planId?: string;
  readonly error?: RecordedError;
  readonly timings?: readonly Timing[];
  /** What a finished run leaves on its environment. */
  readonly leaves?: EnvironmentChange;
}

export interface EnvironmentChange {
  readonly outputs?: Readonly<Record<string, unknown>>;
  readonly secretOutputs?: Buffer;
}

/** Moves a run; throws `lease_lost` for an old epoch, or one that was given back, and `action_not_allowed` for a step the machine does not have. */
export async function transition(tx: Tx, step: Transition): Promise<Run> {
  const environment = await lockEnvironmentOf(tx, step.runId);
  const { rows } = await tx.query<Run>(`select ${runColumns} from runs where run_id = $1 for update`, [
    step.runId,
  ]);
  const run = rows[0]!;
  if (step.epoch !== undefined && (step.epoch !== run.leaseEpoch || run.leaseOwner === null))
    throw appError('lease_lost', `run ${run.runId} is worked on by another worker`);
  if (!canFollow(run.status, step.to))
    throw appError('action_not_allowed', `run ${run.runId} is ${run.status}: it cannot become ${step.to}`, {
      extra: { status: run.status, allowed_actions: allowedRunActions(run.status) },
    });
  const moved = await saveRun(tx, run, step);
  const before = { status: environment.status, settled: environment.settledStatus };
  const status = environmentStatusAfter(
    { kind: run.kind, status: step.to, applyStarted: run.applyStarted },
    before,
  );
  await saveEnvironment(tx, { run: moved, status, step });
  await appendEvent(tx, {
    tenantId: run.tenantId,
    environmentId: run.environmentId,
    runId: run.runId,
    type: `run_${step.to}`,
    message: step.message,
    data: { kind: run.kind, environment_status: status, ...step.data },
  });
  if (isFinal(step.to) && step.byPerson !== true) await auditEnd(tx, run, step);
  if (isFinal(step.to) && run.kind === 'drift_check') await wakeBehind(tx, run);
  return moved;
}

/** The run that waited for the end of a drift check is delivered again. */
async function wakeBehind(tx: Tx, check: Run): Promise<void> {
  const { rows } = await tx.query<Run>(
    `select ${runColumns} from runs
     where environment_id = $1 and finished_at is null and kind <> 'drift_check' and lease_owner is null
       and status in ('queued', 'approved')`,
    [check.environmentId],
  );
  for (const run of rows) {
    const job = jobOf(run);
    await enqueue(tx, { ...job, jobId: `${job.jobId}-after-${check.runId}` });
  }
}

/** The audit log tells how each run ended, unless a person ended it: then it tells of the request. */
async function auditEnd(tx: Tx, run: Run, step: Transition): Promise<void> {
  await auditSystem(tx, {
    action: `run_${step.to}`,
    target: run.runId,
    tenant_id: run.tenantId,
    request_id: run.correlationId,
    result: step.to === 'failed' ? 'failed' : 'done',
    code: step.error?.code ?? null,
    detail: step.message,
    before: { status: run.status },
    after: { status: step.to, kind: run.kind, environment_id: run.environmentId, revision: run.revision },
  });
}

async function saveRun(tx: Tx, run: Run, step: Transition): Promise<Run> {
  const final = isFinal(step.to);
  const interrupted = step.to === 'interrupted';
  const { rows } = await tx.query<Run>(
    `update runs set status = $2, plan_id = coalesce($3, plan_id), error = coalesce($4, error),
       timings = timings || $5::jsonb, finished_at = case when $6 then now() end,
       lease_owner = case when $7 then null else lease_owner end,
       lease_expires_at = case when $7 then null else lease_expires_at end,
       interruptions = interruptions + $8::int,
       interrupted_from = case when $8 = 1 then $9 else interrupted_from end
     where run_id = $1 returning ${runColumns}`,
    [
      run.runId,
      step.to,
      step.planId ?? null,
      step.error === undefined ? null : JSON.stringify(step.error),
      JSON.stringify(step.timings ?? []),
      final,
      final || interrupted || !isWorked(step.to),
      interrupted ? 1 : 0,
      run.status,
    ],
  );
  return rows[0]!;
}

function isWorked(status: RunStatus): boolean {
  return ['planning', 'applying', 'verifying', 'rolling_back', 'canceling'].includes(status);
}

interface EnvironmentSave {
  readonly run: Run;
  readonly status: string;
  readonly step: Transition;
}

async function saveEnvironment(tx: Tx, { run, status, step }: EnvironmentSave): Promise<void> {
  if (run.kind === 'drift_check') return;
  const final = isFinal(step.to);
  const settled = final ? status : null;
  const leaves = step.leaves ?? {};
  const bad = ['failed', 'rolled_back', 'rejected', 'expired', 'stale', 'canceled'].includes(step.to);
  await tx.query(
    `update environments set status = $2, settled_status = coalesce($3, settled_status),
       outputs = coalesce($4, outputs), secret_outputs = coalesce($5, secret_outputs),
       error = case when $6 then $7::jsonb when $8 then null else error end,
       destroyed_at = case when $2 = 'destroyed' then now() end, applied_revision = coalesce($9, applied_revision),
       updated_at = now()
     where environment_id = $1`,
    [
      run.environmentId,
      status,
      settled,
      leaves.outputs === undefined ? null : JSON.stringify(leaves.outputs),
      leaves.secretOutputs ?? null,
      bad,
      run.error === null ? null : JSON.stringify(run.error),
      final,
      applies(run, step.to) ? run.revision : null,
    ],
  );
}

/** Whether the environment is now what the run's revision says. */
function applies({ kind }: Run, to: RunStatus): boolean {
  return ['create', 'update', 'rollback'].includes(kind) && (to === 'succeeded' || to === 'no_changes');
}
