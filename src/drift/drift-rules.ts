/** What of a refreshed plan is drift. Pure. */
import { createMasker } from '../plan/mask.js';
import { resourceChange, type PlanChange } from '../plan/plan-changes.js';
import { parsePlan } from '../plan/plan-json.js';
import type { Drift, DriftChange, DriftIgnore } from './drift.js';

export interface Found {
  readonly changes: readonly DriftChange[];
  readonly ignored: number;
}

/** The drift in the JSON of a `plan -refresh-only`, masked, without what is ignored. Throws as `parsePlan` does. */
export function driftIn(json: unknown, ignore: readonly DriftIgnore[]): Found {
  const plan = parsePlan(json);
  const masker = createMasker(plan);
  const drifted = plan.resource_drift
    .filter(({ mode }) => mode === 'managed')
    .map((change) => resourceChange(change, masker))
    .flatMap(driftChange);
  return withoutIgnored(drifted, ignore);
}

function driftChange({ address, resource_type, action, attributes }: PlanChange): DriftChange[] {
  if (action === 'delete') return [{ address, resource_type, action, attributes: [] }];
  if (action !== 'update') return [];
  const changed = attributes.map(({ path, before, after, sensitive }) => ({
    path,
    before,
    after,
    sensitive,
  }));
  return changed.length === 0 ? [] : [{ address, resource_type, action, attributes: changed }];
}

/** What is left when the rules have taken theirs; a resource of which no attribute is left is no drift. */
export function withoutIgnored(changes: readonly DriftChange[], ignore: readonly DriftIgnore[]): Found {
  let ignored = 0;
  const left = changes.flatMap((change) => {
    const rules = ignore.filter((rule) => matches(rule.address, change.address));
    if (rules.some((rule) => rule.attributes.length === 0)) {
      ignored += 1;
      return [];
    }
    if (change.action === 'delete') return [change];
    const covered = (path: string) =>
      rules.some((rule) => rule.attributes.some((one) => matches(one, path) || matches(`${one}.*`, path)));
    const attributes = change.attributes.filter(({ path }) => !covered(path));
    ignored += change.attributes.length - attributes.length;
    return attributes.length === 0 ? [] : [{ ...change, attributes }];
  });
  return { changes: left, ignored };
}

/** Whether the text fits the pattern as a whole; `*` fits anything, also nothing. Never looks back, so no pattern is slow. */
export function matches(pattern: string, text: string): boolean {
  const parts = pattern.split('*');
  const first = parts[0] ?? '';
  const last = parts.at(-1) ?? '';
  if (parts.length === 1) return pattern === text;
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last))
    return false;
  let at = first.length;
  const end = text.length - last.length;
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, at);
    if (found === -1 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}

/** One line for the timeline. */
export function driftText(changes: readonly DriftChange[]): string {
  const names = changes
    .slice(0, 5)
    .map(({ address, action }) => (action === 'delete' ? `${address} (gone)` : address));
  const more = changes.length > names.length ? ` and ${changes.length - names.length} more` : '';
  return `${changes.length} ${changes.length === 1 ? 'resource differs' : 'resources differ'} from what was applied: ${names.join(', ')}${more}`;
}

export type Turn = 'drifted' | 'drift_gone' | null;

/** What a new result tells that the one before did not; one that could not look tells nothing. */
export function turnOf(before: Drift | null, after: Pick<Drift, 'status'>): Turn {
  const had = (before?.changes.length ?? 0) > 0;
  if (after.status === 'drifted') return had ? null : 'drifted';
  return after.status === 'in_sync' && had ? 'drift_gone' : null;
}
