import { explainChanges, type Evidence } from './explain.js';
import type { PlanCost } from '../cost/plan-cost.js';
import type { PolicyReport } from '../policy/policy.js';
import { createMasker } from './mask.js';
import { outputChange, resourceChange, type OutputChange, type PlanChange } from './plan-changes.js';
import { parsePlan } from './plan-json.js';
import { judgeChanges } from './risk-rules.js';
import { highestRisk, riskRank, type RiskLevel, type RiskReason } from './risk.js';

/** A plan in numbers, and how careful its reader has to be. Members are those of the API. */
export interface PlanSummary {
  readonly create: number;
  readonly update: number;
  readonly replace: number;
  readonly delete: number;
  /** Objects taken into the state; they are also counted under what the plan changes about them. */
  readonly import: number;
  /** Resources that get another address; they are also counted under what the plan changes about them. */
  readonly move: number;
  readonly read: number;
  /** Taken out of the state without a change to the object. */
  readonly forget: number;
  readonly no_op: number;
  readonly output_changes: number;
  /** Objects that were changed outside of Terraform since the last apply. */
  readonly drift: number;
  /** True when anything is deleted or replaced. */
  readonly destructive: boolean;
  /** The highest of all changes; `none` = nothing to apply. */
  readonly risk: RiskLevel;
  /** What a reader must not overlook, the worst first; at most 50. */
  readonly reasons: readonly RiskReason[];
  /** How many reasons there are in all. */
  readonly reasons_total: number;
  /** What the environment costs a month; absent in plans made before there were prices. */
  readonly cost?: PlanCost;
  /** What the policies say in one word, and what they say in full; absent where none was asked. */
  readonly policy?: { readonly verdict: PolicyReport['verdict']; readonly text: string | null };
}

export interface PlanDigest {
  readonly summary: PlanSummary;
  /** Without what stays as it is; the riskiest first. */
  readonly changes: readonly PlanChange[];
  readonly outputs: readonly OutputChange[];
  /** What was changed outside of Terraform since the last apply: before = as applied, after = as found. */
  readonly drift: readonly PlanChange[];
  /** Sensitive values of the plan in clear, for the redactor. */
  readonly secrets: ReadonlySet<string>;
  /** Terraform's rendering of the same plan, masked. */
  maskText(text: string): string;
}

const mostReasons = 50;

/** A reader's view of `terraform show -json`: sensitive values masked, unknown ones named, each change judged, and explained where
 *  there is evidence. Pure; throws as parsePlan does. */
export function summarizePlan(json: unknown, evidence?: Evidence): PlanDigest {
  const plan = parsePlan(json);
  const masker = createMasker(plan);
  const judged = judgeChanges(
    plan,
    plan.resource_changes.map((change) => resourceChange(change, masker)),
  );
  const all =
    evidence === undefined ? judged : explainChanges(plan, judged, { evidence, mask: masker.value });
  const outputs = Object.entries(plan.output_changes)
    .map(([name, change]) => outputChange(name, change, masker))
    .filter(({ action }) => action !== 'no_op');
  const drift = plan.resource_drift.map((change) => resourceChange(change, masker));
  return {
    summary: {
      ...countActions(all),
      output_changes: outputs.length,
      drift: drift.length,
      ...judge(all, outputs.length),
    },
    changes: byRisk(all.filter(({ action }) => action !== 'no_op')),
    outputs,
    drift,
    secrets: masker.secrets,
    maskText: masker.text,
  };
}

/** True when nothing of the environment exists yet. */
export function isFirstPlan(json: unknown): boolean {
  return parsePlan(json).resource_changes.every(({ mode, change }) => mode !== 'managed' || !change.before);
}

function countActions(changes: readonly PlanChange[]) {
  const count = (action: PlanChange['action']): number =>
    changes.filter((change) => change.action === action).length;
  return {
    create: count('create'),
    update: count('update'),
    replace: count('replace'),
    delete: count('delete'),
    import: changes.filter((change) => change.import_id !== null).length,
    move: changes.filter((change) => change.previous_address !== null).length,
    read: count('read'),
    forget: count('forget'),
    no_op: count('no_op'),
  };
}

function judge(
  changes: readonly PlanChange[],
  outputs: number,
): Pick<PlanSummary, 'destructive' | 'risk' | 'reasons' | 'reasons_total'> {
  const reasons = byRisk(changes.flatMap((change) => change.reasons));
  return {
    destructive: changes.some(({ action }) => action === 'delete' || action === 'replace'),
    risk: highestRisk([...changes.map(({ risk }) => risk), outputs > 0 ? 'low' : 'none']),
    reasons: reasons.slice(0, mostReasons),
    reasons_total: reasons.length,
  };
}

/** The riskiest first, otherwise in the order given. */
function byRisk<T extends { readonly risk: RiskLevel }>(items: readonly T[]): T[] {
  return [...items].sort((a, b) => riskRank(b.risk) - riskRank(a.risk));
}
