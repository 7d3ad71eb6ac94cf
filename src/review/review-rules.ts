/** Who has to review what, decided from facts. Pure. */
import { z } from 'zod';
import { roles, type Role } from '../access/rights.js';
import { riskLevels, riskRank, type RiskLevel } from '../plan/risk.js';
import type { RunKind } from '../run/run-state.js';

/** What a plan has to be for nobody to be asked. Members are those of the API. */
export interface AutoApprove {
  /** Nothing is updated, replaced, deleted or forgotten. */
  readonly only_creates: boolean;
  readonly max_risk: RiskLevel;
  /** US dollars a month; a plan whose cost is not known is above any. Null = the cost does not matter. */
  readonly max_monthly_cost: number | null;
}

export interface RuleSettings {
  readonly approvals: number;
  /** Whoever asked for the change does not count. */
  readonly exclude_author: boolean;
  /** Whose approval counts, by role. */
  readonly roles: readonly Role[];
  /** For environments with `review: auto`; null = a person always looks. */
  readonly auto_approve: AutoApprove | null;
}

export interface ReviewRule {
  /** Null = the rule that is there where nobody made one. */
  readonly ruleId: string | null;
  readonly version: number;
  readonly class: string | null;
  readonly settings: RuleSettings;
}

/** One person, the author included; with `review: auto` nobody, but for updates of high risk. */
export const builtInRule: ReviewRule = {
  ruleId: null,
  version: 1,
  class: null,
  settings: {
    approvals: 1,
    exclude_author: false,
    roles: roles.filter((role) => role !== 'service'),
    auto_approve: { only_creates: false, max_risk: 'low', max_monthly_cost: null },
  },
};

export function ruleName({ ruleId, version }: ReviewRule): string {
  return ruleId === null ? 'the built-in review rule' : `review rule ${ruleId} (version ${version})`;
}

/** What a review asks of a plan. */
export interface PlanFacts {
  readonly risk: RiskLevel;
  /** How many things are changed other than by making them. */
  readonly otherThanCreates: number;
  /** US dollars; null = not known. */
  readonly monthlyCost: number | null;
  /** Why a policy or a quota asks for a person. @default - none does */
  readonly asked?: string;
}

const count = z.number().default(0);
const summaryForm = z.looseObject({
  update: count,
  replace: count,
  delete: count,
  forget: count,
  risk: z.enum(riskLevels),
  cost: z.looseObject({ after: z.number(), unknown_total: z.number() }).nullish().catch(null),
  policy: z.looseObject({ verdict: z.string(), text: z.string().nullable() }).nullish().catch(null),
});

/** The facts in a stored summary. One that cannot be read counts as critical: nobody is spared a look at it. */
export function factsOf(summary: unknown): PlanFacts {
  const parsed = summaryForm.safeParse(summary);
  if (!parsed.success) return { risk: 'critical', otherThanCreates: 1, monthlyCost: null };
  const { update, replace, delete: deleted, forget, risk, cost, policy } = parsed.data;
  const monthlyCost = cost?.unknown_total === 0 ? cost.after : null;
  const asked =
    policy?.verdict === 'require_approval' ? { asked: policy.text ?? 'a policy asks for a person' } : {};
  return { risk, otherThanCreates: update + replace + deleted + forget, monthlyCost, ...asked };
}

export interface AutoQuestion {
  readonly rule: ReviewRule;
  /** What the environment asks for. */
  readonly review: 'required' | 'auto';
  readonly kind: RunKind;
  readonly facts: PlanFacts;
}

/** Why a person has to look at the plan; null = nobody has to. */
export function whyReviewed({ rule, review, kind, facts }: AutoQuestion): string | null {
  if (facts.asked !== undefined) return facts.asked;
  if (review === 'required') return 'the environment has review: required';
  const allowed = rule.settings.auto_approve;
  if (allowed === null) return `${ruleName(rule)} lets no plan pass without a person`;
  // A new environment has nothing to lose, and who destroys one has said so.
  if (rule.ruleId === null && (kind === 'create' || kind === 'destroy')) return null;
  if (allowed.only_creates && facts.otherThanCreates > 0)
    return `the plan does more than create, which ${ruleName(rule)} leaves to a person`;
  if (riskRank(facts.risk) > riskRank(allowed.max_risk))
    return `the risk is ${facts.risk}; ${ruleName(rule)} lets pass ${allowed.max_risk} at most`;
  if (allowed.max_monthly_cost === null) return null;
  if (facts.monthlyCost === null)
    return `the monthly cost is not known; ${ruleName(rule)} lets pass ${allowed.max_monthly_cost} dollars at most`;
  return facts.monthlyCost > allowed.max_monthly_cost
    ? `the monthly cost is ${facts.monthlyCost} dollars; ${ruleName(rule)} lets pass ${allowed.max_monthly_cost} at most`
    : null;
}

export interface Opinion {
  readonly reviewerId: string;
  readonly reviewedBy: string;
  readonly planId: string;
  readonly decision: 'approve' | 'reject' | 'withdraw';
}

/** Who approves the plan now: of each person the newest word counts. `opinions` oldest first; authors drop out where the rule says so. */
export function approvalsOf<T extends Opinion>(
  opinions: readonly T[],
  { planId, rule, authors }: { planId: string; rule: ReviewRule; authors: readonly (string | null)[] },
): T[] {
  const newest = new Map<string, T>();
  for (const one of opinions) if (one.planId === planId) newest.set(one.reviewerId, one);
  const excluded = rule.settings.exclude_author ? authors : [];
  return [...newest.values()].filter(
    ({ decision, reviewerId }) => decision === 'approve' && !excluded.includes(reviewerId),
  );
}
