/** What the proofs know of a blueprint: which values its parameters take, and which lives its environments lead. */
import { make } from 'covertable';
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
  const rows = make(factors, { preFilter: (row: object) => accepts(kit, row as Record<string, string>) });
  return rows.map((labels) => ({
    name: Object.entries(labels)
      .map(([parameter, label]) => `${parameter}=${label}`)
      .join(' '),
    labels,
    spec: specOf(kit, labels),
  }));
}

/** Pairs that the schema takes on top of the base and that no combination holds. */
export function missingPairs(kit: Kit, combinations: readonly Combination[]): string[] {
  const parameters = Object.entries(kit.parameters);
  return parameters.flatMap(([one, values], index) =>
    parameters.slice(index + 1).flatMap(([other, others]) =>
      Object.keys(values).flatMap((a) =>
        Object.keys(others)
          .filter((b) => accepts(kit, { [one]: a, [other]: b }))
          .filter((b) => !combinations.some(({ labels }) => labels[one] === a && labels[other] === b))
          .map((b) => `${one}=${a} ${other}=${b}`),
      ),
    ),
  );
}

function accepts(kit: Kit, labels: Readonly<Record<string, string>>): boolean {
  return kit.blueprint.schema.safeParse(specOf(kit, labels)).success;
}

function specOf(kit: Kit, labels: Readonly<Record<string, string>>): Spec {
  return Object.entries(labels).reduce<Spec>(
    (spec, [parameter, label]) => merged(spec, kit.parameters[parameter]?.[label] ?? {}),
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
