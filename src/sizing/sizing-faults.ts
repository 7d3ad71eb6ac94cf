import type { FieldFault } from '../errors/app-error.js';
import type { RequestedTotals } from '../spec/blueprint.js';
import { needsByPart } from './needs.js';
import type { SizingRequest } from './sizing-request.js';
import { coreMinimum, customerRange } from './sizing-table.js';
import { sizeEnvironment, type Placement } from './sizing.js';

export interface SizingLimits {
  /** From MAX_CPU_CORES, MAX_MEMORY_GB and MAX_STORAGE_GB. */
  readonly caps: RequestedTotals;
  /** @default - database and cache in the cluster */
  readonly placement?: Placement;
  /** What the environment takes besides, such as managed instances. @default - nothing */
  readonly besides?: RequestedTotals;
  /** Where the request stands in the spec, as the paths of rules are. @default - "sizing" */
  readonly path?: string;
}

interface Row {
  readonly total: Exclude<keyof RequestedTotals, 'gpu'>;
  readonly part: 'cpu' | 'memory' | 'storage';
  readonly override: 'cpu_cores' | 'memory_gb' | 'storage_gb';
  readonly unit: string;
  readonly setting: string;
}

const rows: readonly Row[] = [
  { total: 'cpuCores', part: 'cpu', override: 'cpu_cores', unit: 'cores', setting: 'MAX_CPU_CORES' },
  { total: 'memoryGb', part: 'memory', override: 'memory_gb', unit: 'GB', setting: 'MAX_MEMORY_GB' },
  { total: 'storageGb', part: 'storage', override: 'storage_gb', unit: 'GB', setting: 'MAX_STORAGE_GB' },
];

/** Everything that is wrong with a parsed request: overrides too small for its features, totals past the caps. */
export function sizingFaults(request: SizingRequest, limits: SizingLimits): FieldFault[] {
  const path = limits.path ?? 'sizing';
  const small = overrideFaults(request, path);
  return small.length > 0 ? small : capFaults(request, limits, path);
}

/** Overrides that leave the application less than it can run with, once the features have theirs. */
export function overrideFaults(request: SizingRequest, path = 'sizing'): FieldFault[] {
  const { core, features } = needsByPart(request);
  return rows
    .filter(
      (row) => request.override[row.override] !== undefined && core[row.part] < coreMinimum[row.total] - 1e-9,
    )
    .map((row) => ({
      path: `${path}.override.${row.override}`,
      message: `must be at least ${round(features[row.part] + coreMinimum[row.total])}: the features need ${round(
        features[row.part],
      )} ${row.unit}, the application at least ${coreMinimum[row.total]}`,
    }));
}

function capFaults(request: SizingRequest, limits: SizingLimits, path: string): FieldFault[] {
  const over = overCaps(request, limits);
  if (over.length === 0) return [];
  const most = mostCustomers(request, limits);
  const cure =
    most === undefined ? 'choose a smaller plan or fewer features' : `up to ${most} customers fit this plan`;
  return over.map(({ row, asked }) => {
    const message = `asks for ${round(asked)} ${row.unit}; the most is ${limits.caps[row.total]} (${row.setting})`;
    return request.override[row.override] === undefined
      ? { path: `${path}.customers`, message: `${message}; ${cure}` }
      : { path: `${path}.override.${row.override}`, message };
  });
}

/** The most customers whose environment stays within the caps; undefined when not even the fewest do.
 *  Overridden values do not grow with customers and are left aside, as long as the features fit into them. */
export function mostCustomers(request: SizingRequest, limits: SizingLimits): number | undefined {
  const fits = (customers: number) => {
    const asked = { ...request, customers };
    return (
      overrideFaults(asked).length === 0 &&
      overCaps(asked, limits).every(({ row }) => request.override[row.override] !== undefined)
    );
  };
  let { least: low, most: high } = customerRange as { least: number; most: number };
  if (!fits(low)) return undefined;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

function overCaps(request: SizingRequest, { caps, placement, besides }: SizingLimits) {
  const { totals } = sizeEnvironment(request, placement);
  return rows
    .map((row) => ({ row, asked: totals[row.total] + (besides?.[row.total] ?? 0) }))
    .filter(({ row, asked }) => asked > caps[row.total]);
}

function round(value: number): number {
  return Number((Math.ceil(value * 100 - 1e-6) / 100).toFixed(2));
}
