/** What two states of one environment differ in: names alone, so that no value can leak. Pure. */
import { canonicalJson } from '../lib/canonical-json.js';
import type { State } from './state-rules.js';

/** Seen from the older to the newer one. Addresses and paths in order. */
export interface StateDiff {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly { readonly address: string; readonly attributes: readonly string[] }[];
  /** Names of outputs that are new, gone or have another value. */
  readonly outputs: readonly string[];
}

export function diffStates(older: State, newer: State): StateDiff {
  const before = byAddress(older);
  const after = byAddress(newer);
  const both = [...after.keys()].filter((address) => before.has(address)).sort();
  return {
    added: [...after.keys()].filter((address) => !before.has(address)).sort(),
    removed: [...before.keys()].filter((address) => !after.has(address)).sort(),
    changed: both
      .map((address) => ({ address, attributes: differingPaths(before.get(address), after.get(address)) }))
      .filter(({ attributes }) => attributes.length > 0),
    outputs: differingPaths(valuesOf(older), valuesOf(newer), 1),
  };
}

function byAddress({ resources }: State): ReadonlyMap<string, unknown> {
  return new Map(resources.map(({ address, values }) => [address, values]));
}

function valuesOf({ outputs }: State): Record<string, unknown> {
  return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value ?? null]));
}

/** Paths of differing leaves in dotted form, to a depth. */
function differingPaths(before: unknown, after: unknown, depth = 32, path = ''): string[] {
  if (canonicalJson(before ?? null) === canonicalJson(after ?? null)) return [];
  if (depth === 0 || !isBranch(before) || !isBranch(after)) return [path];
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return keys.flatMap((key) =>
    differingPaths(before[key], after[key], depth - 1, path === '' ? key : `${path}.${key}`),
  );
}

function isBranch(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object';
}
