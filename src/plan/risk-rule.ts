/** What a rule of the red list is, and how it reads a change. Pure. */
import { actionOfResource, type ChangeAction } from './plan-changes.js';
import type { ResourceChangeJson } from './plan-json.js';
import { memberOf } from './mask.js';

/** A change as the rules see it: values in clear, so a rule's text must not repeat them. */
export interface RiskFacts {
  readonly type: string;
  readonly address: string;
  readonly action: ChangeAction;
  readonly before: unknown;
  readonly after: unknown;
  readonly unknown: unknown;
  readonly replacePaths: readonly string[];
  /** Nothing of the environment exists yet: what it opens or grants is part of what was asked for. */
  readonly first: boolean;
  /** The whole environment goes: what guarded it may go with it. */
  readonly ending: boolean;
}

export interface RiskRule {
  readonly code: string;
  readonly risk: 'high' | 'critical';
  /** Resource types, whole names. */
  readonly types: RegExp;
  /** What a reader is told the rule is about; for the docs. */
  readonly about: string;
  /** What the change does, as the end of a sentence that begins with the address; undefined when the rule does not apply. */
  finds(facts: RiskFacts): string | undefined;
}

export function riskFacts(given: ResourceChangeJson, plan: Pick<RiskFacts, 'first' | 'ending'>): RiskFacts {
  const { change, address, type } = given;
  return {
    type,
    address,
    action: actionOfResource(given),
    before: change.before ?? undefined,
    after: change.after ?? undefined,
    unknown: change.after_unknown,
    replacePaths: change.replace_paths.map((path) => path.join('.')),
    ...plan,
  };
}

/** The member at a dotted path; undefined where there is none. */
export function valueAt(tree: unknown, path: string): unknown {
  return path.split('.').reduce(memberOf, tree);
}

export function isLost({ action }: RiskFacts): boolean {
  return action === 'delete' || action === 'replace';
}

/** True for what exists before and after; a replacement counts, its values change all the same. */
export function isChanged({ action }: RiskFacts): boolean {
  return action === 'update' || action === 'replace';
}

/** True when the new value is not known before the apply. */
export function isUnknown({ unknown }: RiskFacts, path: string): boolean {
  const steps = path.split('.');
  return steps.some((_, index) => valueAt(unknown, steps.slice(0, index + 1).join('.')) === true);
}

/** The first of the paths whose value was `from` and is known to be so no more. */
export function turned(facts: RiskFacts, from: unknown, paths: readonly string[]): string | undefined {
  if (!isChanged(facts)) return undefined;
  return paths.find(
    (path) =>
      valueAt(facts.before, path) === from &&
      (valueAt(facts.after, path) ?? null) !== from &&
      !isUnknown(facts, path),
  );
}

/** The members that are texts. */
export function texts(value: unknown): string[] {
  return list(value).filter((one) => typeof one === 'string');
}

export function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
