/** The quota of a tenant as data: what is limited, in which unit, and what a refusal says. Pure. */

import type { RequestedTotals } from '../spec/blueprint.js';

/** What is counted from the current revisions of live environments. GB are of 2^30 bytes. */
export interface Usage {
  readonly environments: number;
  readonly cpuCores: number;
  readonly memoryGb: number;
  readonly storageGb: number;
  readonly gpu: number;
}

export type Counted = keyof Usage;

/** What a tenant may take in all; null = no limit. */
export type Quota = { readonly [K in Counted]: number | null } & {
  /** Runs in the hands of workers at the same time. */
  readonly runsAtOnce: number | null;
  /** In the currency of the price table; held against the estimates of plans. */
  readonly monthlyCost: number | null;
  /** Its share of the workers where runs of several tenants wait: twice the weight, twice the share. 1 to 100. */
  readonly weight: number;
};

interface CountedRow {
  readonly counted: Counted;
  /** As the API calls it. */
  readonly name: string;
  readonly unit: string;
}

export const countedRows: readonly CountedRow[] = [
  { counted: 'environments', name: 'environments', unit: 'environments' },
  { counted: 'cpuCores', name: 'cpu_cores', unit: 'CPU cores' },
  { counted: 'memoryGb', name: 'memory_gb', unit: 'GB of memory' },
  { counted: 'storageGb', name: 'storage_gb', unit: 'GB of storage' },
  { counted: 'gpu', name: 'gpu', unit: 'GPUs' },
];

export const noUsage: Usage = { environments: 0, cpuCores: 0, memoryGb: 0, storageGb: 0, gpu: 0 };

/** By how much a revision asks for more than the one before it. */
export function growth(from: RequestedTotals, to: RequestedTotals): Usage {
  return {
    environments: 0,
    cpuCores: to.cpuCores - from.cpuCores,
    memoryGb: to.memoryGb - from.memoryGb,
    storageGb: to.storageGb - from.storageGb,
    gpu: (to.gpu ?? 0) - (from.gpu ?? 0),
  };
}

/** Whether anything that is counted is limited: without it nothing need be counted. */
export function limitsAnything(quota: Quota): boolean {
  return countedRows.some(({ counted }) => quota[counted] !== null);
}

export interface Excess {
  readonly name: string;
  readonly limit: number;
  /** With what is asked for. */
  readonly wanted: number;
  readonly asked: number;
  readonly message: string;
}

/**
 * What is past its limit. `usage` holds what is asked for, `asked` alone. What a request does not raise is never held
 * against it: who is past a limit that was lowered can still shrink.
 */
export function excessOf(quota: Quota, usage: Usage, asked: Usage): Excess[] {
  return countedRows.flatMap(({ counted, name, unit }) => {
    const [limit, wanted, more] = [quota[counted], tidy(usage[counted]), tidy(asked[counted])];
    if (limit === null || more <= 0 || wanted <= limit) return [];
    const message = `${wanted} ${unit} of ${limit}`;
    return [{ name, limit, wanted, asked: more, message }];
  });
}

/** Sums of tenths without the dust of binary fractions. */
export function tidy(value: number): number {
  return Math.round(value * 1000) / 1000;
}
