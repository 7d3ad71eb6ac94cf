import type { PlanSummary } from './plan-summary.js';

const words = [
  ['import', 'to import'],
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
  return summary.risk === 'high' ? `${parts.join(', ')}; risk high` : parts.join(', ');
}
