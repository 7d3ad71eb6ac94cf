/** A plan that was made may pass no more: a window has begun since, or a policy was changed. It is judged once more, as it is stored. */
import type { Queryable } from '../db/db.js';
import { appError, type AppError } from '../errors/app-error.js';
import { judgePolicies } from './judge.js';
import { planToJudge } from './judged-store.js';
import { inputOf } from './policy-input.js';
import { policiesInForce } from './policy-store.js';
import { reportOf, saidBy, type PolicyReport } from './policy.js';

export interface JudgedPlan {
  readonly tenantId: string;
  readonly planId: string;
}

/** What the policies in force, as they are now, say of the stored plan at `now`; null = there is none. Not for a transaction: it takes a thread. */
export async function judgeAgain(
  db: Queryable,
  { tenantId, planId }: JudgedPlan,
  now: Date,
): Promise<PolicyReport | null> {
  const policies = await policiesInForce(db, tenantId);
  if (policies.length === 0) return null;
  const plan = await planToJudge(db, planId);
  return reportOf(await judgePolicies(policies, inputOf({ ...plan, now })));
}

/** Why nobody can approve the plan now; null = no policy denies it. Pure. */
export function approvalDenied(planId: string, report: PolicyReport | null): AppError | null {
  if (report?.verdict !== 'deny') return null;
  return appError(
    'policy_denied',
    `plan ${planId} cannot be approved now: ${saidBy(report, 'deny')}; the plan stays: approve it when the policy lets it pass, or have the policy changed`,
  );
}

/** Why the plan cannot be applied now, with that many approvals of those that its rule wants; null = it can. Pure. */
export function applyDenied(
  planId: string,
  report: PolicyReport | null,
  { given, needed }: { readonly given: number; readonly needed: number },
): AppError | null {
  if (report?.verdict === 'deny')
    return appError(
      'policy_denied',
      `plan ${planId} cannot be applied now: ${saidBy(report, 'deny')}; nothing was changed: ask for it again when the policy lets it pass, or have the policy changed`,
    );
  if (report?.verdict !== 'require_approval' || given >= needed) return null;
  return appError(
    'policy_denied',
    `plan ${planId} needs a review now: ${saidBy(report, 'require_approval')}; ${given} of ${needed} approvals are given and nothing was changed: ask for it again, and have the new plan approved`,
  );
}
