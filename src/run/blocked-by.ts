import type { Queryable } from '../db/db.js';
import { breakerHold } from '../account/breaker-store.js';
import { holdOf } from '../tenant/admission.js';
import { runsAhead } from './claim-store.js';
import { openDriftCheck } from './run-store.js';
import type { Run } from './run.js';

/** What a run waits for; null = nothing. `missing` = how many approvals. */
export async function blockedBy(
  db: Queryable,
  run: Pick<Run, 'tenantId' | 'status'> & Partial<Pick<Run, 'runId' | 'environmentId' | 'kind' | 'planId'>>,
  missing = 1,
): Promise<string | null> {
  if (run.status === 'awaiting_review') return reviewText(run.planId, missing);
  if (run.status === 'interrupted') return 'a free worker';
  if (run.status !== 'queued' && run.status !== 'approved') return null;
  const hold = await holdOf(db, run);
  if (hold !== null) return hold;
  const { runId = '', environmentId } = run;
  const left = environmentId === undefined ? null : await breakerHold(db, { runId, environmentId });
  if (left !== null) return left;
  const check =
    run.environmentId === undefined || run.kind === 'drift_check'
      ? null
      : await openDriftCheck(db, run.environmentId);
  if (check !== null) return `drift check ${check.runId}, which is being stopped`;
  const ahead = await runsAhead(db, runId);
  return ahead === 0
    ? 'a free worker'
    : `a free worker, after ${ahead} ${ahead === 1 ? 'run' : 'runs'} of its tenant`;
}

function reviewText(planId: string | null | undefined, missing: number): string {
  if (!planId) return 'review';
  return `review of plan ${planId}: ${missing} ${missing === 1 ? 'approval' : 'approvals'} to go`;
}
