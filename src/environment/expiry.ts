/**
 * The end of environments that have one: notices, then a destroy run that is reviewed like any other. Each step looks at
 * rows alone and may be repeated, by any process, at any time.
 */
import { auditSystem } from '../audit/auditor.js';
import { inTransaction, type Db, type Tx } from '../db/db.js';
import { toAppError } from '../errors/app-error.js';
import { appendEvent } from '../event/event-store.js';
import type { EventType } from '../event/event-types.js';
import { systemClock, type Clock } from '../lib/clock.js';
import type { Log } from '../log/log.js';
import { activeRunId, getRun } from '../run/run-store.js';
import { transition } from '../run/run-transition.js';
import type { RequestContext } from '../token/principal.js';
import { environmentActions } from './environment-state.js';
import { environmentsNearEnd, lockEnvironment, saveExpiryStep } from './environment-store.js';
import type { Environment } from './environment.js';
import { durationText, expiryAct } from './expiry-rules.js';
import { queueRun } from './queue-run.js';

/** As whom the system asks for destroy runs. */
export const expiryAuthorId = 'system';

export interface ExpiryProps {
  readonly db: Db;
  readonly log: Log;
  /** @default the system's */
  readonly clock?: Clock;
}

const mostAtOnce = 500;

/** Gives notices and asks for destroy runs, as far as they are due. One that cannot be handled now is tried again next time. */
export async function endExpired({ db, log, clock = systemClock }: ExpiryProps): Promise<void> {
  const now = clock.now();
  for (const environmentId of await environmentsNearEnd(db, now, mostAtOnce))
    await inTransaction(db, (tx) => advance(tx, environmentId, now)).catch((error: unknown) =>
      log.warn(
        { environment_id: environmentId, reason: toAppError(error).message },
        'the end of an environment could not be handled; the next sweep tries again',
      ),
    );
}

async function advance(tx: Tx, environmentId: string, now: Date): Promise<void> {
  const environment = await lockEnvironment(tx, null, environmentId);
  if (environment.status === 'destroyed') return;
  const act = expiryAct(environment, now);
  switch (act.kind) {
    case 'notice':
      await saveExpiryStep(tx, environmentId, act.step);
      if (!act.silent)
        await tell(tx, environment, { type: 'expiring_soon', message: noticeText(environment, now) });
      return;
    case 'protected':
      await saveExpiryStep(tx, environmentId, 'protected');
      return tell(tx, environment, {
        type: 'expiry_blocked',
        message:
          'the time of the environment is over, but it has deletion protection: it stays until that is switched off',
      });
    case 'end':
      return end(tx, environment);
    case 'nothing':
      return;
  }
}

function noticeText({ expiresAt, deletionProtection }: Environment, now: Date): string {
  const left = durationText((expiresAt?.getTime() ?? 0) - now.getTime());
  const then = deletionProtection
    ? 'deletion protection will keep it'
    : 'it is destroyed then; extend it by POST /extend to keep it';
  return `the time of the environment is over in ${left}: ${then}`;
}

async function tell(
  tx: Tx,
  { tenantId, environmentId, expiresAt, ttlHours }: Environment,
  { type, message, runId = null }: { type: EventType; message: string; runId?: string | null },
): Promise<void> {
  const data = { expires_at: expiresAt?.toISOString() ?? null, ttl_hours: ttlHours };
  await appendEvent(tx, { tenantId, environmentId, runId, type, message, data });
}

/** A run in a worker's hands is waited for; one that only waits gives way; a destroy run is what is wanted. */
async function end(tx: Tx, environment: Environment): Promise<void> {
  const { environmentId, tenantId } = environment;
  const active = await activeRunId(tx, environmentId);
  if (active !== null && !(await makeWay(tx, environment, active))) return;
  const { status, currentRunId } = await lockEnvironment(tx, null, environmentId);
  if (!environmentActions.delete.includes(status)) return;
  if (environment.expiryStep === 'asked' && !(await hasFailed(tx, currentRunId))) return;
  const { run } = await queueRun(tx, asSystem(environmentId), { environmentId, kind: 'destroy' });
  await saveExpiryStep(tx, environmentId, 'asked');
  const message = `the time of the environment is over: destroy run ${run.runId} was asked for`;
  await tell(tx, environment, { type: 'environment_expired', message, runId: run.runId });
  await auditSystem(tx, {
    action: 'environment_expired',
    target: environmentId,
    tenant_id: tenantId,
    result: 'done',
    detail: message,
  });
}

async function makeWay(tx: Tx, environment: Environment, runId: string): Promise<boolean> {
  const run = await getRun(tx, null, runId);
  if (run.kind === 'destroy' || !['queued', 'awaiting_review', 'approved'].includes(run.status)) return false;
  const message = 'the run was canceled: the time of the environment is over';
  const error = { code: 'run_canceled', message, blame: 'caller', retryable: false, step: null };
  await transition(tx, { runId, to: 'canceled', message, error });
  return true;
}

/** Whoever rejected or canceled the destroy run has decided; one that failed is asked for again. */
async function hasFailed(tx: Tx, runId: string | null): Promise<boolean> {
  if (runId === null) return false;
  const { kind, status } = await getRun(tx, null, runId);
  return kind === 'destroy' && status === 'failed';
}

function asSystem(environmentId: string): RequestContext {
  return {
    principal: { tokenId: expiryAuthorId, name: 'terrace', role: 'viewer', rights: [], tenantId: null },
    correlationId: `expiry-${environmentId}`,
  };
}
