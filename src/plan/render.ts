/** The plan for terminals and comments. Pure; takes what is masked already. */
import type { Cause } from './cause.js';
import type { AttributeChange, OutputChange, PlanChange } from './plan-changes.js';
import type { PlanSummary } from './plan-summary.js';
import { needsConfirmation, riskLevels, type RiskLevel } from './risk.js';
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

/** What a reader must see before the changes, besides the verdict: policies that object, and what is of high risk. */
export function warnings({ summary }: Pick<Rendered, 'summary'>): readonly { risk: string; text: string }[] {
  const { policy } = summary;
  const objections = typeof policy?.text === 'string' ? [{ risk: policy.verdict, text: policy.text }] : [];
  return [...objections, ...summary.reasons.filter(({ risk }) => needsConfirmation(risk))];
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

function headline(change: PlanChange): string {
  const from = change.previous_address === null ? '' : ` (was ${change.previous_address})`;
  const deposed = change.deposed === null ? '' : ` (left behind: ${change.deposed})`;
  const imported = change.import_id === null ? '' : ` (import of ${fold(change.import_id)})`;
  return `${signs[change.action]} ${change.action} ${change.address}${deposed}${from}${imported}`;
}

/** A change in lines: its headline, then its attributes, indented. A cause that all attributes share is told once; what is deleted is named alone. */
export function changeLines(change: PlanChange): string[] {
  const { action } = change;
  if (action === 'delete' || action === 'forget') return [`${headline(change)}${sharedCause(change) ?? ''}`];
  const shared = sharedCause(change);
  const told = change.attributes.filter(({ unknown }) => action !== 'create' || !unknown);
  const later = change.attributes.length - told.length;
  return [
    `${headline(change)}${shared ?? ''}`,
    ...told.map((one) => `    ${attributeLine(one, action)}${shared === null ? why(one) : ''}`),
    ...(later === 0 ? [] : [`    and ${later} known after apply`]),
  ];
}

/** Null when the attributes have more than one cause. */
function sharedCause({ attributes }: PlanChange): string | null {
  const causes = new Set(attributes.map(why));
  return causes.size > 1 ? null : ([...causes][0] ?? '');
}

function why({ cause }: AttributeChange): string {
  return cause === null ? '' : ` (${causeText(cause)})`;
}

/** `path: before -> after`, or `path = value` of what is new; what forces a replacement is said. */
function attributeLine(attribute: AttributeChange, action: PlanChange['action']): string {
  const { path, before, after } = attribute;
  if (action === 'create') return `${path} = ${shown(after)}`;
  return `${path}: ${shown(before)} -> ${shown(after)}${attribute.forces_replacement ? ' [forces replacement]' : ''}`;
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
