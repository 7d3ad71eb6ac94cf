/** The plan for terminals and comments. Pure; takes what is masked already. */
import type { Cause } from './cause.js';
import type { AttributeChange, OutputChange, PlanChange } from './plan-changes.js';
import type { PlanSummary } from './plan-summary.js';
import { riskLevels, type RiskLevel } from './risk.js';
import { summaryText } from './summary-text.js';

export interface Rendered {
  readonly planId: string;
  readonly runId: string;
  readonly summary: PlanSummary;
  readonly changes: readonly PlanChange[];
  readonly drift: readonly PlanChange[];
  readonly outputs: readonly OutputChange[];
}

const signs: Record<PlanChange['action'], string> = {
  create: '+',
  update: '~',
  replace: '±',
  delete: '-',
  import: '<',
  move: '>',
  read: '?',
  forget: 'x',
  no_op: ' ',
};

const titles: Record<RiskLevel, string> = {
  critical: 'Critical',
  high: 'High risk',
  low: 'Low risk',
  none: 'Without risk',
};

/** The first line of every rendering: never left out. */
export function verdict({ planId, summary }: Pick<Rendered, 'planId' | 'summary'>): string {
  return `plan ${planId}: ${summaryText(summary)}; risk ${summary.risk}`.replace(
    /; risk (\w+); risk \w+$/,
    '; risk $1',
  );
}

/** Groups of changes, the riskiest first; those without a change are left out. */
export function byRiskLevel(
  changes: readonly PlanChange[],
): { readonly risk: RiskLevel; readonly title: string; readonly changes: readonly PlanChange[] }[] {
  return [...riskLevels]
    .reverse()
    .map((risk) => ({ risk, title: titles[risk], changes: changes.filter((change) => change.risk === risk) }))
    .filter((group) => group.changes.length > 0);
}

export function headline(change: PlanChange): string {
  const from = change.previous_address === null ? '' : ` (was ${change.previous_address})`;
  const deposed = change.deposed === null ? '' : ` (left behind: ${change.deposed})`;
  const imported = change.import_id === null ? '' : ` (import of ${fold(change.import_id)})`;
  return `${signs[change.action]} ${change.action} ${change.address}${deposed}${from}${imported}`;
}

/** `path: before -> after`, what forces a replacement said, and why. */
export function attributeLine(attribute: AttributeChange): string {
  const values = `${shown(attribute.before)} -> ${shown(attribute.after)}`;
  const forces = attribute.forces_replacement ? ' [forces replacement]' : '';
  const why = attribute.cause === null ? '' : ` (${causeText(attribute.cause)})`;
  return `${attribute.path}: ${values}${forces}${why}`;
}

export function causeText(cause: Cause): string {
  switch (cause.kind) {
    case 'spec': {
      const [field] = cause.fields;
      const values =
        cause.fields.length === 1 && 'before' in cause
          ? `: ${shown(cause.before)} -> ${shown(cause.after)}`
          : '';
      return cause.fields.length === 1 ? `${field}${values}` : cause.fields.join(', ');
    }
    case 'create':
      return cause.fields.length === 0 ? 'new' : `new, from ${cause.fields.join(', ')}`;
    case 'destroy':
      return 'the environment is destroyed';
    case 'engine':
      return cause.before === undefined ? 'engine' : `engine: ${cause.before} -> ${cause.after}`;
    case 'drift':
      return 'drift';
    case 'derived':
      return `follows from ${cause.from.join(', ')}`;
  }
}

const longestValue = 120;

/** One line, at most so long; what is left out is counted. */
export function fold(text: string): string {
  const line = text.replaceAll(/\s*\n\s*/g, ' ⏎ ');
  return line.length <= longestValue
    ? line
    : `${line.slice(0, longestValue)}… (${line.length - longestValue} more)`;
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return 'none';
  return fold(
    typeof value === 'string'
      ? value.startsWith('(')
        ? value
        : JSON.stringify(value)
      : JSON.stringify(value),
  );
}
