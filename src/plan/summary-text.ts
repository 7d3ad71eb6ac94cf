import type { PlanSummary } from './plan-summary.js';
import { needsConfirmation } from './risk.js';

const words = [
  ['import', 'to import'],
  ['move', 'to move'],
  ['create', 'to create'],
  ['update', 'to update'],
  ['replace', 'to replace'],
  ['delete', 'to delete'],
  ['forget', 'to forget'],
] as const;

/** The summary in one line: `3 to create, 1 to replace; risk high`. */
export function summaryText(summary: PlanSummary): string {
  const parts = words.filter(([key]) => summary[key] > 0).map(([key, word]) => `${summary[key]} ${word}`);
  if (parts.length === 0) return summary.output_changes > 0 ? 'only outputs change' : 'nothing to change';
  const risk = needsConfirmation(summary.risk) ? [`risk ${summary.risk}`] : [];
  return [parts.join(', '), ...risk, ...costText(summary.cost)].join('; ');
}

/** `30.00 to 55.10 USD a month (+25.10)`, when that is not nought both times. */
function costText(cost: PlanSummary['cost']): string[] {
  if (cost === undefined || (cost.before === 0 && cost.after === 0 && cost.unknown_total === 0)) return [];
  const { before, after, delta, currency, unknown_total: unknown } = cost;
  const sign = delta > 0 ? '+' : '';
  const text = `${before.toFixed(2)} to ${after.toFixed(2)} ${currency} a month (${sign}${delta.toFixed(2)})`;
  return [unknown === 0 ? text : `${text} and ${unknown} without a price`];
}
