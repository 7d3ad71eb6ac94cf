import type { Queryable } from '../db/db.js';
import { holdOf } from '../tenant/admission.js';
import type { Run } from './run.js';

/** What a run waits for; null = nothing. `missing` = how many approvals. */
export async function blockedBy(
  db: Queryable,
  run: Pick<Run, 'tenantId' | 'status'> & { readonly planId?: string | null },
  missing = 1,
): Promise<string | null> {
  if (run.status === 'awaiting_review') return reviewText(run.planId, missing);
  if (run.status === 'interrupted') return 'a free worker';
  if (run.status !== 'queued' && run.status !== 'approved') return null;
  return (await holdOf(db, run)) ?? 'a free worker';
}

function reviewText(planId: string | null | undefined, missing: number): string {
  if (!planId) return 'review';
  return `review of plan ${planId}: ${missing} ${missing === 1 ? 'approval' : 'approvals'} to go`;
}
