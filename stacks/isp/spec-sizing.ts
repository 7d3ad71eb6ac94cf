import {
  chooseCacheInstance,
  chooseDatabaseInstance,
  type InstanceChoice,
} from '../../src/sizing/instance-choice.js';
import { cpuText, memoryText, storageText } from '../../src/sizing/round.js';
import type { SizingRequest } from '../../src/sizing/sizing-request.js';
import { features, type Feature, type FeaturePod } from '../../src/sizing/sizing-table.js';
import { sizeEnvironment, type PodName, type PodSize, type Sizing } from '../../src/sizing/sizing.js';
import { cpuCores, gigabytes } from '../../src/spec/quantity.js';
import { backupPod, backupStorageGb } from '../app/spec-data-facts.js';
import { genieacsLeastMemoryGb, genieacsParts, type GenieacsPart } from './spec-genieacs.js';
import type { IspSpecV1 } from './spec.js';

export interface IspSizing {
  readonly pods: Sizing['pods'];
  /** The processes of GenieACS, which are one row of the sizing. */
  readonly genieacs: Readonly<Partial<Record<GenieacsPart, PodSize>>>;
  /** Volumes of services, as Kubernetes quantities. */
  readonly volumes: Readonly<Partial<Record<FeaturePod, string>>>;
  readonly database: Sizing['database'];
  readonly cache: Sizing['cache'];
  /** Holds every pod and volume at once. */
  readonly quota: Sizing['quota'] & { readonly load_balancers: number };
}

/** The services that are switched on. */
export function enabledServices(spec: IspSpecV1): Feature[] {
  return features.filter((name) => spec.services[name].enabled);
}

/** What the spec asks of the sizing. */
export function sizingRequestOf(spec: IspSpecV1): SizingRequest {
  const { customers, plan, sizing: override } = spec;
  return { customers, plan, features: enabledServices(spec), override };
}

/** Sizes of a parsed spec: by the customers, but what the caller sets himself wins, and the quota grows by the difference. */
export function sizingOf(spec: IspSpecV1): IspSizing {
  const sized = sizeEnvironment(sizingRequestOf(spec), {
    database: spec.database.mode === 'in_cluster' ? 'in_cluster' : 'elsewhere',
    cache: spec.cache.mode === 'in_cluster' ? 'in_cluster' : 'elsewhere',
  });
  const pods = {
    ...sized.pods,
    ...withReplicas('frontend', sized, spec.frontend.replicas),
    ...withReplicas('backend', sized, spec.backend.replicas),
  };
  const genieacs = genieacsSizes(sized.pods.genieacs);
  const databaseStorageGb = spec.database.storage_gb ?? sized.database.storageGb;
  // Nothing here keeps files outside of the database, and dumps have a size of their own.
  const { files: _files, backups: _backups, ...sizedVolumes } = sized.volumes;
  const volumes = { ...sizedVolumes, ...storageOf(spec) };
  if (volumes.database !== undefined) volumes.database = storageText(databaseStorageGb);
  const backup = backupOf(spec, databaseStorageGb);
  const more = (read: (pod: PodSize) => number) =>
    sum(podNames(pods).map((name) => grown(name, sized, pods, read))) +
    sum(Object.values(genieacs).map(read)) -
    (sized.pods.genieacs ? read(sized.pods.genieacs) : 0);
  const { radius, wireguard } = spec.services;
  return {
    pods,
    genieacs,
    volumes,
    database: { ...sized.database, storageGb: databaseStorageGb },
    cache: sized.cache,
    quota: {
      ...sized.quota,
      cpu: cpuText(cpuCores(sized.quota.cpu) + more((pod) => cpuCores(pod.cpuLimit)) + backup.cpuCores),
      memory: memoryText(
        gigabytes(sized.quota.memory) + more((pod) => gigabytes(pod.memory)) + backup.memoryGb,
      ),
      storage: storageText(sum(Object.values(volumes).map(gigabytes)) + backup.storageGb),
      pods: sized.quota.pods + more(() => 1) + backup.pods,
      volume_claims: sized.quota.volume_claims + backup.pods,
      // One more name for the pods of the backend, and one each for the processes of GenieACS.
      services: sized.quota.services + 4,
      load_balancers: (radius.enabled ? 1 : 0) + (wireguard.enabled ? 1 : 0) + (sized.pods.genieacs ? 2 : 0),
    },
  };
}

/** What the dumps of a database in the cluster take. */
function backupOf(spec: IspSpecV1, databaseStorageGb: number) {
  const storageGb = backupStorageGb({
    ...spec,
    database: { ...spec.database, storage_gb: databaseStorageGb },
  });
  if (storageGb === 0) return { cpuCores: 0, memoryGb: 0, storageGb, pods: 0 };
  return {
    cpuCores: cpuCores(backupPod.cpu),
    memoryGb: gigabytes(backupPod.memory),
    storageGb,
    pods: 1,
  };
}

/** GenieACS process by process. */
function genieacsSizes(whole: PodSize | undefined): Partial<Record<GenieacsPart, PodSize>> {
  if (whole === undefined) return {};
  const memoryGb = Math.max(gigabytes(whole.memory), genieacsLeastMemoryGb);
  return Object.fromEntries(
    Object.entries(genieacsParts).map(([part, { share }]) => [
      part,
      {
        replicas: 1,
        cpuRequest: cpuText(cpuCores(whole.cpuRequest) * share),
        cpuLimit: cpuText(cpuCores(whole.cpuLimit) * share),
        memory: memoryText(memoryGb * share),
      },
    ]),
  );
}

type Pods = Sizing['pods'];

function podNames(pods: Pods): PodName[] {
  return Object.keys(pods) as PodName[];
}

function withReplicas(name: 'frontend' | 'backend', { pods }: Sizing, replicas: number | undefined): Pods {
  const pod = pods[name];
  return pod && replicas !== undefined ? { [name]: { ...pod, replicas } } : {};
}

/** Volumes whose size the caller gives. */
function storageOf({ services }: IspSpecV1): Partial<Record<FeaturePod, string>> {
  const { radius, netbox, genieacs, librenms, prometheus, grafana } = services;
  const own = { radius, netbox, mongodb: genieacs, librenms, prometheus, grafana };
  return Object.fromEntries(
    Object.entries(own)
      .filter(([, { enabled, storage_gb: gb }]) => enabled && gb !== undefined)
      .map(([name, { storage_gb: gb = 0 }]) => [name, storageText(gb)]),
  );
}

/** What a pod takes beyond what it was sized to; less gives nothing back, so that a later change has room. */
function grown(name: PodName, sized: Sizing, pods: Pods, read: (pod: PodSize) => number): number {
  const whole = (pod: PodSize | undefined) => (pod ? pod.replicas * read(pod) : 0);
  return Math.max(0, whole(pods[name]) - whole(sized.pods[name]));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

/** The class of a managed database of that need. */
export function databaseInstance({
  cpuCores: cores,
  memoryGb,
  connections,
}: Sizing['database']): InstanceChoice {
  return chooseDatabaseInstance({ cpuCores: cores, memoryGb, connections });
}

/** The node type of a managed cache of that need. */
export function cacheInstance({ cpuCores: cores, memoryGb }: Sizing['cache']): InstanceChoice {
  return chooseCacheInstance({ cpuCores: cores, memoryGb });
}

/** Why no instance of AWS holds the database or the cache; empty when one does, or none is asked for. */
export function instanceFaults(spec: IspSpecV1): string[] {
  const { database, cache } = sizingOf(spec);
  const choices = [
    ...(spec.database.mode === 'rds' ? [databaseInstance(database)] : []),
    ...(spec.cache.mode === 'elasticache' ? [cacheInstance(cache)] : []),
  ];
  return choices.flatMap((choice) => (choice.kind === 'refused' ? [choice.message] : []));
}
