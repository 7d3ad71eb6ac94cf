import {
  instances,
  maxConnections,
  missingFamilies,
  type Instance,
  type InstanceService,
} from './instance-table.js';
import type { Needs } from './needs.js';

/** `refused` has a text for the caller, fit for a FieldFault. */
export type InstanceChoice =
  | { readonly kind: 'chosen'; readonly instance: Instance }
  | { readonly kind: 'refused'; readonly message: string };

export type DatabaseNeed = Pick<Needs, 'cpuCores' | 'memoryGb' | 'connections'>;
export type CacheNeed = Pick<Needs, 'memoryGb'> & Partial<Pick<Needs, 'cpuCores'>>;

/** The smallest RDS class whose sustained cores, memory and connections suffice, among the families of the region. */
export function chooseDatabaseInstance(need: DatabaseNeed, region?: string): InstanceChoice {
  const holds = (one: Instance) =>
    one.sustainedCores >= need.cpuCores &&
    one.memoryGb >= need.memoryGb &&
    maxConnections(one) >= need.connections;
  return choose('rds', holds, {
    region,
    asked: `${need.cpuCores} cores, ${need.memoryGb} GB and ${need.connections} connections`,
  });
}

/** The smallest ElastiCache node whose memory (and sustained cores, if given) suffices, among the families of the region. */
export function chooseCacheInstance(need: CacheNeed, region?: string): InstanceChoice {
  const { memoryGb, cpuCores = 0 } = need;
  const holds = (one: Instance) => one.memoryGb >= memoryGb && one.sustainedCores >= cpuCores;
  return choose('elasticache', holds, { region, asked: `${cpuCores} cores and ${memoryGb} GB` });
}

/** What is wrong with an instance in a region, and which families to use; undefined when nothing is known to be. */
export function instanceFault(service: InstanceService, name: string, region: string): string | undefined {
  const family = name.split('.')[1];
  const missing = missingIn(service, region);
  if (family === undefined || !missing.includes(family)) return undefined;
  const offered = [...new Set(instances[service].map((one) => one.family))].filter(
    (one) => !missing.includes(one),
  );
  return `${name} is not offered in ${region}; use one of the families ${offered.join(', ')}`;
}

function choose(
  service: InstanceService,
  holds: (one: Instance) => boolean,
  { region, asked }: { region: string | undefined; asked: string },
): InstanceChoice {
  const missing = region === undefined ? [] : missingIn(service, region);
  const offered = instances[service].filter(({ family }) => !missing.includes(family));
  const instance = offered.find(holds);
  if (instance !== undefined) return { kind: 'chosen', instance };
  const mostMemory = Math.max(...offered.map((one) => one.memoryGb));
  const largest = offered.find((one) => one.memoryGb === mostMemory);
  const most = largest === undefined ? 'none is offered' : `the largest is ${largest.name}`;
  return { kind: 'refused', message: `no instance has ${asked}; ${most}` };
}

function missingIn(service: InstanceService, region: string): readonly string[] {
  return missingFamilies[region]?.[service] ?? [];
}
