/** Which fields of a request differ from those of another. Pure. */
import { canonicalJson } from '../lib/canonical-json.js';

/** A step into an object or list; `{ named }` is the member of a list that has this `name`. */
export type Step = string | number | { readonly named: string };

/** A field that differs; `undefined` = it is not there. */
export interface FieldChange {
  /** In dotted form, members of named lists by their name: `workloads.api.image`. */
  readonly field: string;
  readonly path: readonly Step[];
  readonly before: unknown;
  readonly after: unknown;
}

/** The smallest fields that differ. A list is walked by the names of its members, or by place when its length is the same. */
export function changedFields(before: unknown, after: unknown, path: readonly Step[] = []): FieldChange[] {
  if (canonicalJson([before ?? null]) === canonicalJson([after ?? null])) return [];
  const steps = commonSteps(before, after);
  if (steps === undefined || steps.length === 0) return [{ field: fieldOf(path), path, before, after }];
  return steps.flatMap((step) =>
    changedFields(memberAt(before, step), memberAt(after, step), [...path, step]),
  );
}

/** The tree with one field as given; `undefined` takes it out. */
export function withField(tree: unknown, path: readonly Step[], value: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  const member = withField(memberAt(tree, step), rest, value);
  if (typeof step === 'object') {
    const items = isList(tree) ? tree : [];
    const index = items.findIndex((one) => nameOf(one) === step.named);
    if (index < 0) return member === undefined ? items : [...items, member];
    return items.flatMap((one, at) => (at === index ? (member === undefined ? [] : [member]) : [one]));
  }
  if (isList(tree)) return tree.map((one, at) => (at === step ? member : one));
  const { [step]: _, ...others } = isObject(tree) ? tree : {};
  return member === undefined ? others : { ...others, [step]: member };
}

function commonSteps(before: unknown, after: unknown): Step[] | undefined {
  if (isObject(before) && isObject(after))
    return [...new Set([...Object.keys(before), ...Object.keys(after)])];
  if (!isList(before) || !isList(after)) return undefined;
  const names = [...before, ...after].map(nameOf);
  if (names.every((name) => name !== undefined)) return [...new Set(names)].map((named) => ({ named }));
  return before.length === after.length && before.every(isObject)
    ? before.map((_, index) => index)
    : undefined;
}

function memberAt(tree: unknown, step: Step): unknown {
  if (typeof step === 'object')
    return isList(tree) ? tree.find((one) => nameOf(one) === step.named) : undefined;
  if (isList(tree)) return typeof step === 'number' ? tree[step] : undefined;
  return isObject(tree) && Object.hasOwn(tree, step) ? tree[step] : undefined;
}

function fieldOf(path: readonly Step[]): string {
  return path.map((step) => (typeof step === 'object' ? step.named : String(step))).join('.');
}

function nameOf(value: unknown): string | undefined {
  return isObject(value) && typeof value['name'] === 'string' ? value['name'] : undefined;
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
