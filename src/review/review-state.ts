/** Where the review of a run stands, and whether somebody may approve: one answer for reading and for acting. Pure. */
import { appError, type AppError } from '../errors/app-error.js';
import { needsConfirmation } from '../plan/risk.js';
import { runActions } from '../run/run-state.js';
import type { ReviewRecord, Run } from '../run/run.js';
import type { Principal } from '../token/principal.js';
import { approvalsOf, factsOf, ruleName, whyReviewed, type ReviewRule } from './review-rules.js';

export interface ReviewFacts {
  readonly run: Run;
  readonly environmentName: string;
  readonly rule: ReviewRule;
  /** Who asked for the change: of the run, and of its revision. */
  readonly authors: readonly (string | null)[];
  readonly reviews: readonly ReviewRecord[];
  /** Of the run's plan; null while there is none. */
  readonly summary: unknown;
}

export interface ReviewState {
  readonly rule: ReviewRule;
  readonly needed: number;
  readonly approvals: readonly ReviewRecord[];
  readonly missing: number;
  /** Why a person has to look; null = nobody has to, or there is no plan. */
  readonly why: string | null;
  /** What `confirm` has to be; null = nothing. */
  readonly confirm: string | null;
  /** Why this caller may not approve now; null = may. */
  readonly refusal: AppError | null;
}

export function reviewState(facts: ReviewFacts, principal: Principal): ReviewState {
  const { rule, run, reviews, authors, summary } = facts;
  const needed = rule.settings.approvals;
  const planId = run.planId ?? '';
  const approvals = approvalsOf(reviews, { planId, rule, authors });
  const missing = Math.max(0, needed - approvals.length);
  const planFacts = factsOf(summary);
  const confirm = run.planId !== null && needsConfirmation(planFacts.risk) ? facts.environmentName : null;
  const { review, kind } = run;
  const why = run.planId === null ? null : whyReviewed({ rule, review, kind, facts: planFacts });
  const state = { rule, needed, approvals, missing, why, confirm };
  return { ...state, refusal: refusalOf(facts, state, principal) };
}

function refusalOf(
  { run, rule, authors }: ReviewFacts,
  { needed, approvals, missing }: Omit<ReviewState, 'refusal'>,
  principal: Principal,
): AppError | null {
  if (!runActions.approve.includes(run.status))
    return appError('action_not_allowed', `run ${run.runId} is ${run.status}: approve is not possible`);
  if (!principal.rights.includes('approve'))
    return appError('forbidden', `the role ${principal.role} lacks the right approve`);
  const { roles, exclude_author: excluded } = rule.settings;
  if (!roles.includes(principal.role))
    return appError(
      'forbidden',
      `${ruleName(rule)} lets ${roles.join(', ')} approve; your role is ${principal.role}`,
    );
  if (excluded && authors.includes(principal.tokenId))
    return appError(
      'own_plan',
      `you asked for what run ${run.runId} does: ${ruleName(rule)} wants ${people(needed)} other than you`,
    );
  if (missing > 0 && approvals.some(({ reviewerId }) => reviewerId === principal.tokenId))
    return appError(
      'already_approved',
      `you approved plan ${run.planId} already: ${approvals.length} of ${needed} approvals are given; somebody else has to`,
    );
  return null;
}

function people(count: number): string {
  return count === 1 ? 'a person' : `${count} people`;
}
