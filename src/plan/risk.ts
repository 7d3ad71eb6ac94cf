import type { PlanChange } from './plan-changes.js';

/** How careful a reader has to be, the least first. */
export const riskLevels = ['none', 'low', 'high', 'critical'] as const;
export type RiskLevel = (typeof riskLevels)[number];

/** One thing a reader must not overlook. Members are those of the API. */
export interface RiskReason {
  /** Stable; the codes are those of docs/plan-review.md. */
  readonly code: string;
  readonly risk: RiskLevel;
  readonly address: string;
  /** One sentence. It holds no value of an attribute that could be a secret. */
  readonly text: string;
}

/** The higher of some; `none` of none. */
export function highestRisk(risks: readonly RiskLevel[]): RiskLevel {
  return riskLevels[Math.max(0, ...risks.map(riskRank))] ?? 'none';
}

export function riskRank(risk: RiskLevel): number {
  return riskLevels.indexOf(risk);
}

/** Whether to approve it the environment has to be named beside the plan (`confirm`). */
export function needsConfirmation(risk: RiskLevel): boolean {
  return riskRank(risk) >= riskRank('high');
}

/** What is high or critical in a plan, as `<code> <address>`, each once, sorted. */
export function riskyItems(changes: readonly Pick<PlanChange, 'reasons'>[]): string[] {
  const risky = changes.flatMap(({ reasons }) => reasons).filter(({ risk }) => needsConfirmation(risk));
  return [...new Set(risky.map(({ code, address }) => `${code} ${address}`))].sort();
}

/** The risky items of a later plan that an earlier one did not have: its approvals do not cover them. */
export function grownRisks(
  approved: readonly Pick<PlanChange, 'reasons'>[],
  planned: readonly Pick<PlanChange, 'reasons'>[],
): string[] {
  const known = new Set(riskyItems(approved));
  return riskyItems(planned).filter((item) => !known.has(item));
}
