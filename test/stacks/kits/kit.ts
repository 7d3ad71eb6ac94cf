/** What the proofs know of a blueprint: which values its parameters take, and which lives its environments lead. */
import { criteria, make } from 'covertable';
import type { Blueprint } from '../../../src/spec/blueprint.js';

export type Spec = Readonly<Record<string, unknown>>;

export interface Kit {
  readonly blueprint: Blueprint;
  /** What every combination starts from: enough that few pairs of values are refused. */
  readonly base: Spec;
  /** Parameter -> label of a value -> what it sets. */
  readonly parameters: Readonly<Record<string, Readonly<Record<string, Spec>>>>;
  /** A spec with every part switched on. */
  readonly everything: Spec;
  readonly lives: readonly Life[];
}

/** An environment that is made, changed in place, and destroyed. */
export interface Life {
  readonly name: string;
  readonly first: Spec;
  readonly then: Spec;
  /** What the second plan changes: address -> action. */
  readonly changed: Readonly<Record<string, string>>;
}

export interface Combination {
  /** `parameter=label` of each parameter. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: Spec;
}

/** Specs in which every pair of values of two parameters that the schema takes occurs together. */
export function pairsOf(kit: Kit): Combination[] {
  const factors = Object.fromEntries(
    Object.entries(kit.parameters).map(([parameter, values]) => [parameter, Object.keys(values)]),
  );
  // Only whole rows are judged: a row that is not yet whole throws when a missing label is read, which takes most of the time.
  const whole = Object.keys(factors).length;
  const preFilter = (row: object) => Object.keys(row).length < whole || accepts(kit, row as Labels);
  const rows = make(factors, { preFilter, criterion: criteria.simple }) as Labels[];
  return [...rows, ...rowsOf(kit, missingPairs(kit, rows))].map((labels) => ({
    name: nameOf(labels),
    labels,
    spec: specOf(kit, labels),
  }));
}

type Labels = Readonly<Record<string, string>>;

function nameOf(labels: Labels): string {
  return Object.entries(labels)
    .map(([parameter, label]) => `${parameter}=${label}`)
    .join(' ');
}

/** Pairs as few rows: covertable gives up rows whose last parameters find no value that the schema takes. */
function rowsOf(kit: Kit, pairs: readonly Labels[]): Labels[] {
  const rows: Labels[] = [];
  for (const pair of pairs) {
    const fits = (row: Labels) =>
      Object.entries(pair).every(([name, label]) => (row[name] ?? label) === label);
    const at = rows.findIndex((row) => fits(row) && accepts(kit, { ...row, ...pair }));
    if (at === -1) rows.push(pair);
    else rows[at] = { ...rows[at], ...pair };
  }
  return rows;
}

/** Pairs that the schema takes on top of the base and that no row holds. */
export function missingPairs(kit: Kit, rows: readonly Labels[]): Labels[] {
  const parameters = Object.entries(kit.parameters);
  const pairs = parameters.flatMap(([one, values], index) =>
    parameters
      .slice(index + 1)
      .flatMap(([other, others]) =>
        Object.keys(values).flatMap((a) => Object.keys(others).map((b) => ({ [one]: a, [other]: b }))),
      ),
  );
  const held = (pair: Labels) =>
    rows.some((row) => Object.entries(pair).every(([name, label]) => row[name] === label));
  return pairs.filter((pair) => !held(pair) && accepts(kit, pair));
}

function accepts(kit: Kit, labels: Readonly<Record<string, string>>): boolean {
  return kit.blueprint.schema.safeParse(specOf(kit, labels)).success;
}

function specOf(kit: Kit, labels: Readonly<Record<string, string>>): Spec {
  // In the order of the parameters, whatever the order of the labels: where two set one field, the later wins.
  return Object.entries(kit.parameters).reduce<Spec>(
    (spec, [parameter, values]) => merged(spec, values[labels[parameter] ?? ''] ?? {}),
    kit.base,
  );
}

/** Objects level by level; anything else of `b` wins, and null takes a member away. */
export function merged(a: Spec, b: Spec): Spec {
  const both = Object.entries(b).map(([key, value]) => {
    const before = a[key];
    return [key, isSpec(before) && isSpec(value) ? merged(before, value) : value] as const;
  });
  return Object.fromEntries(
    Object.entries({ ...a, ...Object.fromEntries(both) }).filter(([, value]) => value !== null),
  );
}

function isSpec(value: unknown): value is Spec {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
