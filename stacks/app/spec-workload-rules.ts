import { cpuCores, gigabytes } from '../../src/spec/quantity.js';
import type { SpecRule } from '../../src/spec/spec-rule.js';
import { dataInCluster } from './spec-data-facts.js';
import type { AppSpecV1 } from './spec.js';

type Workload = AppSpecV1['workloads'][number];

const some = (breaks: (one: Workload) => boolean) => (spec: AppSpecV1) => spec.workloads.some(breaks);
const taken = ['database', 'cache'];

/** The rules of workloads and of the migration. */
export const workloadRules: readonly SpecRule<AppSpecV1>[] = [
  {
    path: 'workloads',
    when: ({ workloads }) => new Set(workloads.map((one) => one.name)).size < workloads.length,
    message: 'names of workloads must differ',
  },
  {
    path: 'workloads',
    when: some((one) => taken.includes(one.name)),
    message: 'the names "database" and "cache" are those of the data services',
  },
  {
    path: 'workloads',
    when: some((one) => one.autoscaling !== undefined && one.autoscaling.min > one.autoscaling.max),
    message: 'autoscaling.min must not be above autoscaling.max',
  },
  {
    path: 'workloads',
    when: some((one) => one.storage !== undefined && mostPods(one) > 1),
    message: 'a workload with storage has one replica and no autoscaling: a volume belongs to one pod',
  },
  {
    path: 'workloads',
    when: some(
      ({ disruption, ...one }) =>
        typeof disruption?.min_available === 'number' && disruption.min_available >= fewestPods(one),
    ),
    message: 'disruption.min_available must be below the number of pods, or no node could ever be drained',
  },
  {
    path: 'workloads',
    when: some((one) => one.health.path !== undefined && one.health.command !== undefined),
    message: 'health takes path or command, not both',
  },
  {
    path: 'workloads',
    when: some((one) => one.health.path !== undefined && one.port === undefined),
    message: 'health.path needs port',
  },
  {
    path: 'workloads',
    when: some(({ resources }) => cpuCores(resources.cpu_request) > cpuCores(resources.cpu)),
    message: 'resources.cpu_request must not be above resources.cpu',
  },
  {
    path: 'workloads',
    when: some(({ resources }) => gigabytes(resources.memory_request) > gigabytes(resources.memory)),
    message: 'resources.memory_request must not be above resources.memory',
  },
  {
    path: 'workloads',
    when: ({ workloads }) => workloads.some((one) => unknownDependency(one, workloads)),
    message: 'wait_for names a workload that is not there or has no port',
  },
  {
    path: 'workloads',
    when: ({ workloads }) => workloads.some((one) => waitsForItself(one.name, workloads)),
    message: 'workloads wait for each other in a circle',
  },
  {
    path: 'quota.cpu',
    when: (spec) => exceeds(spec, 'cpu', cpuCores, cpuCores(spec.quota.cpu), dataInCluster(spec).cpuCores),
    message:
      'is less than the workloads and the data services in the cluster need; raise it, or ask for less',
  },
  {
    path: 'quota.memory',
    when: (spec) =>
      exceeds(spec, 'memory', gigabytes, gigabytes(spec.quota.memory), dataInCluster(spec).memoryGb),
    message:
      'is less than the workloads and the data services in the cluster need; raise it, or ask for less',
  },
  {
    path: 'quota.storage',
    when: (spec) => claimedGb(spec) > gigabytes(spec.quota.storage) && spec.workloads.length > 0,
    message: 'is less than the volumes of workloads and database need; raise it, or ask for less',
  },
];

function mostPods({ autoscaling, replicas }: Workload): number {
  return autoscaling?.max ?? replicas;
}

function fewestPods({ autoscaling, replicas }: Pick<Workload, 'autoscaling' | 'replicas'>): number {
  return autoscaling?.min ?? replicas;
}

function namesWaitedFor({ wait_for: waitFor }: Workload): string[] {
  return waitFor.filter((one) => typeof one === 'string');
}

function unknownDependency(one: Workload, all: readonly Workload[]): boolean {
  const serving = all.filter(({ port }) => port !== undefined).map(({ name }) => name);
  return namesWaitedFor(one).some((name) => !serving.includes(name));
}

function waitsForItself(name: string, all: readonly Workload[]): boolean {
  const seen = new Set<string>();
  const open = [name];
  for (let next = open.pop(); next !== undefined; next = open.pop())
    for (const other of all.filter((one) => one.name === next).flatMap(namesWaitedFor)) {
      if (other === name) return true;
      if (!seen.has(other)) open.push(other);
      seen.add(other);
    }
  return false;
}

/** Whether all workloads at their most, with one pod more of the largest while it is replaced, are past the quota. */
function exceeds(
  spec: AppSpecV1,
  what: 'cpu' | 'memory',
  read: (text: string) => number,
  ...[quota, data]: readonly [number, number]
): boolean {
  const pods = spec.workloads.map((one) => ({ each: read(one.resources[what]), count: mostPods(one), one }));
  const surge = Math.max(0, ...pods.filter(({ one }) => one.storage === undefined).map(({ each }) => each));
  const all = pods.reduce((total, { each, count }) => total + each * count, 0);
  return pods.length > 0 && all + surge + data > quota;
}

function claimedGb(spec: AppSpecV1): number {
  const own = spec.workloads.reduce(
    (total, one) => total + (one.storage ? gigabytes(one.storage.size) : 0),
    0,
  );
  return own + dataInCluster(spec).storageGb;
}
