import type { SizingRequest } from './sizing-request.js';
import {
  customersPerIncrement,
  featureSizing,
  planSizing,
  type Feature,
  type Formula,
} from './sizing-table.js';

/** What an environment takes in all. GB are of 2^30 bytes. */
export interface Needs {
  readonly cpuCores: number;
  readonly memoryGb: number;
  readonly storageGb: number;
  readonly connections: number;
}

/** CPU, memory and storage of one row of the table. */
export interface Amounts {
  readonly cpu: number;
  readonly memory: number;
  readonly storage: number;
}

/** What the plan, the features and both together need; `core` is what is left for the application. */
export interface NeedsByPart {
  readonly core: Amounts;
  readonly features: Amounts;
  readonly total: Needs;
}

/** A formula of the table at a number of customers. */
export function amountsOf(formula: Formula, customers: number): Amounts {
  const at = (part: keyof Formula) =>
    formula[part].base + (customers / customersPerIncrement[part]) * formula[part].increment;
  return { cpu: at('cpu'), memory: at('memory'), storage: at('storage') };
}

/** The pods of a feature with their formulas. */
export function podsOf(feature: Feature): [string, Formula][] {
  return Object.entries<Formula>(featureSizing[feature]);
}

/** What an environment needs: the formula of its plan, plus its features, unless overridden.
 *  Exact, not rounded; an override is taken as it is. */
export function needsOf(request: SizingRequest): Needs {
  return needsByPart(request).total;
}

/** As needsOf, split. An override is the whole: features keep their part of it, the application gets the rest. */
export function needsByPart({ customers, plan, features, override }: SizingRequest): NeedsByPart {
  const row = planSizing[plan];
  const base = amountsOf(row, customers);
  const added = features
    .flatMap((feature) => podsOf(feature).map(([, formula]) => amountsOf(formula, customers)))
    .reduce(add, { cpu: 0, memory: 0, storage: 0 });
  const sum = add(base, added);
  const total = {
    cpuCores: override.cpu_cores ?? sum.cpu,
    memoryGb: override.memory_gb ?? sum.memory,
    storageGb: override.storage_gb ?? sum.storage,
    connections: override.connections ?? Math.min(customers * 2, row.connections),
  };
  const core = {
    cpu: total.cpuCores - added.cpu,
    memory: total.memoryGb - added.memory,
    storage: total.storageGb - added.storage,
  };
  return { core, features: added, total };
}

function add(one: Amounts, other: Amounts): Amounts {
  return {
    cpu: one.cpu + other.cpu,
    memory: one.memory + other.memory,
    storage: one.storage + other.storage,
  };
}
