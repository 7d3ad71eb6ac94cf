/** What becomes of approvals when a run is planned again. */
import type { Queryable, Tx } from '../db/db.js';
import { appendEvent } from '../event/event-store.js';
import { newId } from '../lib/ids.js';
import { notCovered } from '../plan/coverage.js';
import { getStoredPlan, type StoredPlan } from '../plan/plan-store.js';
import { grownRisks } from '../plan/risk.js';
import { getRun } from '../run/run-store.js';
import type { ReviewRecord, Run } from '../run/run.js';
import { approvalsOf, type ReviewRule } from './review-rules.js';
import { insertReview, listReviews } from './review-store.js';

export interface Carried {
  /** Approvals of the former plan that hold for the new one. */
  readonly approvals: readonly ReviewRecord[];
  /** What the new plan asks for that the former did not; approvals are lost by it. */
  readonly grown: readonly string[];
}

/** Approvals of the plan that this run plans again: they hold if the new plan has no risky item and no change beyond it. */
export async function carriedApprovals(
  db: Queryable,
  run: Run,
  { plan, rule, authors }: { plan: StoredPlan; rule: ReviewRule; authors: readonly (string | null)[] },
): Promise<Carried> {
  const former = run.replanOf === null ? null : await getRun(db, run.tenantId, run.replanOf);
  if (former === null || former.planId === null) return { approvals: [], grown: [] };
  const { planId } = former;
  const approvals = approvalsOf(await listReviews(db, former.runId), { planId, rule, authors });
  if (approvals.length === 0) return { approvals, grown: [] };
  const { changes } = await getStoredPlan(db, planId);
  const grown = [...grownRisks(changes, plan.changes), ...notCovered(changes, plan.changes)];
  return { approvals: grown.length === 0 ? approvals : [], grown: [...new Set(grown)] };
}

/** Writes them down for the new plan, each with its event. */
export async function carryOver(
  tx: Tx,
  run: Run,
  { planId, approvals }: { planId: string; approvals: readonly ReviewRecord[] },
): Promise<void> {
  const { runId, tenantId, environmentId } = run;
  for (const one of approvals) {
    const carriedFrom = one.planId;
    const { reviewedBy, reviewerId, note } = one;
    await insertReview(tx, {
      reviewId: newId('review'),
      runId,
      planId,
      decision: 'approve',
      reviewedBy,
      reviewerId,
      carriedFrom,
      note,
    });
    const message = `the approval of ${reviewedBy} holds for plan ${planId}: it asks for nothing that plan ${carriedFrom} did not`;
    const data = { plan_id: planId, carried_from: carriedFrom, note, by: reviewedBy, by_id: reviewerId };
    await appendEvent(tx, { tenantId, environmentId, runId, type: 'review_carried', message, data });
  }
}
