import type { Tx } from '../db/db.js';
import { appError } from '../errors/app-error.js';
import { newId } from '../lib/ids.js';
import { enqueueRun } from '../run/run-job.js';
import type { RunKind } from '../run/run-state.js';
import { openRun } from '../run/run-transition.js';
import type { Run } from '../run/run.js';
import { admit } from '../tenant/admission.js';
import type { Usage } from '../tenant/quota-rules.js';
import type { RequestContext } from '../token/principal.js';
import { getEnvironment, lockEnvironment } from './environment-store.js';
import type { Environment } from './environment.js';

export interface Requested {
  readonly environment: Environment;
  readonly run: Run;
}

export interface QueueRun {
  readonly environmentId: string;
  readonly kind: RunKind;
  /** The run that this one plans again; its author stays the author. */
  readonly replanOf?: Run;
  /** By how much the newest revision, which is written by now, raises what the tenant takes. @default - not at all */
  readonly raises?: Usage;
}

/**
 * One transaction makes the run, the job that carries it and the line that tells of it. Throws `tenant_not_active` and
 * `tenant_quota_exceeded` and `state_diverged`. Call it last in the transaction: requests of a tenant are counted one after the other from its end on.
 */
export async function queueRun(tx: Tx, ctx: RequestContext, asked: QueueRun): Promise<Requested> {
  const { environmentId, kind, replanOf, raises } = asked;
  const environment = await lockEnvironment(tx, null, environmentId);
  assertNotDiverged(environment);
  const { tenantId, accountId, revision, review } = environment;
  const { principal, correlationId } = ctx;
  const run = await openRun(
    tx,
    {
      runId: newId('run'),
      environmentId,
      tenantId,
      accountId,
      kind,
      revision,
      review,
      requestedBy: principal.name,
      authorId: replanOf?.authorId ?? principal.tokenId,
      replanOf: replanOf?.runId ?? null,
      correlationId,
    },
    { status: environment.status, settled: environment.settledStatus },
  );
  await enqueueRun(tx, run);
  const requested = { environment: await getEnvironment(tx, tenantId, environmentId), run };
  await admit(tx, { tenantId, kind, asked: raises });
  return requested;
}

/** Throws `state_diverged` with what to do. */
export function assertNotDiverged({
  environmentId,
  stateDiverged,
}: Pick<Environment, 'environmentId' | 'stateDiverged'>): void {
  if (stateDiverged === null) return;
  const { since, reason } = stateDiverged;
  throw appError(
    'state_diverged',
    `the state of environment ${environmentId} has diverged since ${since}: ${reason}; decide with POST /api/v1/environments/${environmentId}/state/repair`,
  );
}
