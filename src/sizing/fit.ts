import { needsByPart, needsOf, type Needs } from './needs.js';
import { cpuStep, memoryStep, roundUp, storageStep } from './round.js';
import type { SizingRequest } from './sizing-request.js';
import { coreMinimum, customerRange } from './sizing-table.js';

/** How far what was sized may be from what is used, in percent. */
export const deviationTarget = 5;

const parts = [
  'cpuCores',
  'memoryGb',
  'storageGb',
  'connections',
] as const satisfies readonly (keyof Needs)[];
type PerPart<T> = Readonly<Record<keyof Needs, T>>;

export interface Fit {
  /** The fewest customers that the same plan and features would serve with at least this use; undefined when none do. */
  readonly customers: number | undefined;
  /** The override that holds the use with the least left over: the use in whole steps, with what features must have. */
  readonly override: Required<SizingRequest['override']>;
  /** Sized against used, in percent: 100 is twice too much, -50 half of what is used. Undefined where nothing is used. */
  readonly deviation: PerPart<number | undefined>;
  /** Where the deviation is at most `deviationTarget`, either way. */
  readonly onTarget: PerPart<boolean>;
  /** Where more is used than was sized. */
  readonly short: readonly (keyof Needs)[];
}

/** The reverse of sizing: what would have fitted the measured use, and how far off the request was.
 *  `use` is the peak of all pods together (connections: of the database), GB of 2^30 bytes. */
export function fit(use: Needs, request: SizingRequest): Fit {
  const sized = needsOf(request);
  const deviation = perPart((part) => deviationOf(sized[part], use[part]));
  return {
    customers: fewestCustomers(use, request),
    override: smallestOverride(use, request),
    deviation,
    onTarget: perPart((part) => {
      const value = deviation[part];
      return value !== undefined && Math.abs(value) <= deviationTarget;
    }),
    short: parts.filter((part) => use[part] > sized[part]),
  };
}

/** Percent, to two places. */
export function deviationOf(sized: number, used: number): number | undefined {
  if (used <= 0) return undefined;
  return Number((((sized - used) / used) * 100).toFixed(2));
}

function fewestCustomers(use: Needs, request: SizingRequest): number | undefined {
  const holds = (customers: number) => {
    const needs = needsOf({ ...request, customers, override: {} });
    return parts.every((part) => needs[part] >= use[part]);
  };
  let low: number = customerRange.least;
  let high: number = customerRange.most;
  if (!holds(high)) return undefined;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function smallestOverride(use: Needs, request: SizingRequest): Fit['override'] {
  const { features } = needsByPart(request);
  return {
    cpu_cores: roundUp(Math.max(use.cpuCores, features.cpu + coreMinimum.cpuCores), cpuStep),
    memory_gb: roundUp(Math.max(use.memoryGb, features.memory + coreMinimum.memoryGb), memoryStep),
    storage_gb: roundUp(Math.max(use.storageGb, features.storage + coreMinimum.storageGb), storageStep),
    connections: Math.max(Math.ceil(use.connections), coreMinimum.connections),
  };
}

function perPart<T>(value: (part: keyof Needs) => T): PerPart<T> {
  return {
    cpuCores: value('cpuCores'),
    memoryGb: value('memoryGb'),
    storageGb: value('storageGb'),
    connections: value('connections'),
  };
}
