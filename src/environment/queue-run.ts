import type { Tx } from '../db/db.js';
import { newId } from '../lib/ids.js';
import { enqueueRun } from '../run/run-job.js';
import type { RunKind } from '../run/run-state.js';
import { openRun } from '../run/run-transition.js';
import type { Run } from '../run/run.js';
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
}

/** One transaction makes the run, the job that carries it and the line that tells of it. */
export async function queueRun(tx: Tx, ctx: RequestContext, asked: QueueRun): Promise<Requested> {
  const { environmentId, kind, replanOf } = asked;
  const environment = await lockEnvironment(tx, null, environmentId);
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
  return { environment: await getEnvironment(tx, tenantId, environmentId), run };
}
