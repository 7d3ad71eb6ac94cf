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
  return needsConfirmation(summary.risk) ? `${parts.join(', ')}; risk ${summary.risk}` : parts.join(', ');
}
