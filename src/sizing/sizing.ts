import type { RequestedTotals } from '../spec/blueprint.js';
import { amountsOf, needsByPart, podsOf, type Amounts, type Needs } from './needs.js';
import { cpuStep, cpuText, memoryStep, memoryText, roundUp, storageStep, storageText } from './round.js';
import type { SizingRequest } from './sizing-request.js';
import {
  corePods,
  coreShares,
  coreVolumes,
  largestReplica,
  leastManagedStorageGb,
  planSizing,
  spare,
  volumeShares,
  type CorePod,
  type CoreVolume,
  type FeaturePod,
} from './sizing-table.js';

export type PodName = CorePod | FeaturePod;
export type VolumeName = CoreVolume | FeaturePod;

/** Where database and cache run; elsewhere they take nothing of the quota. */
export interface Placement {
  readonly database: 'in_cluster' | 'elsewhere';
  readonly cache: 'in_cluster' | 'elsewhere';
}

/** Kubernetes quantities of one replica. */
export interface PodSize {
  readonly replicas: number;
  readonly cpuRequest: string;
  readonly cpuLimit: string;
  /** Request and limit alike: a pod within its memory is never evicted for it. */
  readonly memory: string;
}

/** As `quota` of a spec of `app@1`. */
export interface SizedQuota {
  readonly cpu: string;
  readonly memory: string;
  readonly storage: string;
  readonly pods: number;
  readonly services: number;
  readonly volume_claims: number;
}

export interface Sizing {
  readonly needs: Needs;
  /** Pods in the cluster, each once. */
  readonly pods: Readonly<Partial<Record<PodName, PodSize>>>;
  /** Volumes in the cluster as Kubernetes quantities. */
  readonly volumes: Readonly<Partial<Record<VolumeName, string>>>;
  /** Wherever the database runs; storage in whole GB. */
  readonly database: Needs;
  /** Wherever the cache runs. */
  readonly cache: { readonly cpuCores: number; readonly memoryGb: number };
  /** Holds all pods at once, while frontend and backend are replaced, with the jobs besides. */
  readonly quota: SizedQuota;
  /** The quota in numbers, to be held against the caps of the settings. */
  readonly totals: RequestedTotals;
}

const inCluster: Placement = { database: 'in_cluster', cache: 'in_cluster' };

interface Part {
  readonly name: PodName;
  readonly amounts: Amounts;
  readonly replicas: number;
  /** Room for the pod that is added while a new version is rolled out. */
  readonly surge: { readonly cpu: number; readonly memory: number; readonly pods: number };
}

/** Sizes an environment. The request is one that `sizing` has parsed and `sizingFaults` found nothing in. */
export function sizeEnvironment(request: SizingRequest, placement: Placement = inCluster): Sizing {
  const { core, total } = needsByPart(request);
  const { replicas, cpuReserved } = planSizing[request.plan];
  const here = (name: CorePod | CoreVolume) =>
    name === 'cache' || name === 'database' || name === 'backups'
      ? placement[name === 'cache' ? 'cache' : 'database'] === 'in_cluster'
      : true;
  const coreAmounts = (name: CorePod) => shareOf(core, name);
  const featureParts = request.features.flatMap((feature) =>
    podsOf(feature).map(([name, formula]) => ({
      name: name as FeaturePod,
      amounts: amountsOf(formula, request.customers),
    })),
  );
  const parts: Part[] = [
    ...corePods.filter(here).map((name) => corePart(name, coreAmounts(name), replicas)),
    ...featureParts.map((part) => ({ ...part, replicas: 1, surge: { cpu: 0, memory: 0, pods: 0 } })),
  ];
  const volumes: [VolumeName, number][] = [
    ...coreVolumes
      .filter(here)
      .map((name): [VolumeName, number] => [name, roundUp(core.storage * volumeShares[name], storageStep)]),
    ...featureParts
      .filter(({ amounts }) => amounts.storage > 0)
      .map(({ name, amounts }): [VolumeName, number] => [name, roundUp(amounts.storage, storageStep)]),
  ];
  const totals = totalsOf(parts, volumes);
  return {
    needs: total,
    pods: Object.fromEntries(parts.map((part) => [part.name, podSize(part, cpuReserved)])),
    volumes: Object.fromEntries(volumes.map(([name, gb]) => [name, storageText(gb)])),
    database: {
      cpuCores: coreAmounts('database').cpu,
      memoryGb: coreAmounts('database').memory,
      storageGb: Math.max(
        roundUp(core.storage * volumeShares.database, storageStep),
        here('database') ? 0 : leastManagedStorageGb,
      ),
      connections: total.connections,
    },
    cache: { cpuCores: coreAmounts('cache').cpu, memoryGb: coreAmounts('cache').memory },
    quota: {
      cpu: cpuText(totals.cpuCores),
      memory: memoryText(totals.memoryGb),
      storage: storageText(totals.storageGb),
      pods: sum(parts.map((part) => part.replicas + part.surge.pods)) + spare.pods,
      services: parts.length + spare.services,
      volume_claims: volumes.length + spare.volumeClaims,
    },
    totals,
  };
}

function shareOf(core: Amounts, name: CorePod): Amounts {
  const share = coreShares[name];
  return { cpu: core.cpu * share.cpu, memory: core.memory * share.memory, storage: 0 };
}

function corePart(name: CorePod, amounts: Amounts, least: number): Part {
  if (name !== 'frontend' && name !== 'backend')
    return { name, amounts, replicas: 1, surge: { cpu: 0, memory: 0, pods: 0 } };
  const largest = largestReplica[name];
  const replicas = Math.max(
    least,
    Math.ceil(amounts.cpu / largest.cpu - 1e-9),
    Math.ceil(amounts.memory / largest.memory - 1e-9),
  );
  const surge = {
    cpu: Math.min(amounts.cpu / least + cpuStep, largest.cpu),
    memory: Math.min(amounts.memory / least + memoryStep, largest.memory),
    pods: 1,
  };
  return { name, amounts, replicas, surge };
}

function podSize({ amounts, replicas }: Part, cpuReserved: number): PodSize {
  const limit = roundUp(amounts.cpu / replicas, cpuStep);
  return {
    replicas,
    cpuRequest: cpuText(limit * cpuReserved),
    cpuLimit: cpuText(limit),
    memory: memoryText(amounts.memory / replicas),
  };
}

/** Not the sum of the rounded pods, which may fall when need moves from larger replicas to more of them, but its upper
 *  bound: one step for each replica. So more customers never make a smaller quota. */
function totalsOf(parts: readonly Part[], volumes: readonly [VolumeName, number][]): RequestedTotals {
  const cpu = parts.map(({ amounts, replicas, surge }) => amounts.cpu + replicas * cpuStep + surge.cpu);
  const memory = parts.map(
    ({ amounts, replicas, surge }) => amounts.memory + replicas * memoryStep + surge.memory,
  );
  return {
    cpuCores: roundUp(sum(cpu) + spare.cpu, cpuStep),
    memoryGb: roundUp(sum(memory) + spare.memory, memoryStep),
    storageGb: sum(volumes.map(([, gb]) => gb)),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
