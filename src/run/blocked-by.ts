import type { Queryable } from '../db/db.js';
import { holdOf } from '../tenant/admission.js';
import type { Run } from './run.js';

/** What a run waits for; null = nothing. */
export async function blockedBy(
  db: Queryable,
  run: Pick<Run, 'tenantId' | 'status'> & { readonly planId?: string | null },
): Promise<string | null> {
  if (run.status === 'awaiting_review') return run.planId ? `review of plan ${run.planId}` : 'review';
  if (run.status === 'interrupted') return 'a free worker';
  if (run.status !== 'queued' && run.status !== 'approved') return null;
  return (await holdOf(db, run)) ?? 'a free worker';
}
