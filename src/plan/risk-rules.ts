/** The red list: every rule, and what they say about the changes of a plan. Pure. */
import { actionOfResource, type PlanChange } from './plan-changes.js';
import type { PlanJson } from './plan-json.js';
import { dataRules, goes } from './risk-data.js';
import { exposureRules } from './risk-exposure.js';
import { protectionRules } from './risk-protection.js';
import { rightsRules } from './risk-rights.js';
import { riskFacts, type RiskFacts, type RiskRule } from './risk-rule.js';
import { highestRisk, riskRank, type RiskReason } from './risk.js';

export const riskRules: readonly RiskRule[] = [
  ...dataRules,
  ...exposureRules,
  ...protectionRules,
  ...rightsRules,
];

/** The changes with their risk and its reasons, in the order given; `changes` stem from `plan.resource_changes`, one each. */
export function judgeChanges(plan: PlanJson, changes: readonly PlanChange[]): PlanChange[] {
  const managed = plan.resource_changes.filter(({ mode }) => mode === 'managed');
  const moving = managed.map(actionOfResource).filter((action) => action !== 'no_op');
  const whole = {
    first: managed.every(({ change }) => change.before === null || change.before === undefined),
    ending:
      moving.length > 0 && moving.length === managed.length && moving.every((action) => action === 'delete'),
  };
  return changes.map((change, index) => {
    const given = plan.resource_changes[index];
    if (given === undefined || change.risk === 'none') return change;
    const reasons = reasonsOf(riskFacts(given, whole));
    return { ...change, reasons, risk: highestRisk(['low', ...reasons.map(({ risk }) => risk)]) };
  });
}

const rulesByType = new Map<string, readonly RiskRule[]>();

function rulesFor(type: string): readonly RiskRule[] {
  const rules = rulesByType.get(type) ?? riskRules.filter(({ types }) => types.test(type));
  rulesByType.set(type, rules);
  return rules;
}

function reasonsOf(facts: RiskFacts): RiskReason[] {
  const { address } = facts;
  const found = rulesFor(facts.type).flatMap(({ code, risk, finds }): RiskReason[] => {
    const text = finds(facts);
    return text === undefined ? [] : [{ code, risk, address, text: `${address} ${text}` }];
  });
  const told = found.some(({ code }) => code.endsWith('_lost') && code !== 'encryption_lost');
  const lost = facts.action === 'delete' || facts.action === 'replace';
  const plain: RiskReason = {
    code: facts.action === 'replace' ? 'replaced' : 'deleted',
    risk: 'low',
    address,
    text: `${address} ${goes(facts)}`,
  };
  return [...found, ...(lost && !told ? [plain] : [])].sort((a, b) => riskRank(b.risk) - riskRank(a.risk));
}
