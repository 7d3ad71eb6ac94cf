import type { DataSize } from '../../src/spec/sizes.js';

/** An instance type at AWS: what it has (vCPU, GiB, GPUs). */
export interface InstanceFacts {
  readonly cpuCores: number;
  readonly memoryGb: number;
  readonly gpus: number;
}

export interface ClusterProfile {
  readonly instance: string;
  readonly facts: InstanceFacts;
  readonly minNodes: number;
  readonly maxNodes: number;
  /** Disk of a node. */
  readonly diskGb: number;
}

/** What a cluster of each profile runs on. The families are those that every region has. */
export const clusterProfiles: Record<DataSize, ClusterProfile> = {
  small: {
    instance: 't3.large',
    facts: { cpuCores: 2, memoryGb: 8, gpus: 0 },
    minNodes: 2,
    maxNodes: 4,
    diskGb: 40,
  },
  medium: {
    instance: 'm6i.xlarge',
    facts: { cpuCores: 4, memoryGb: 16, gpus: 0 },
    minNodes: 3,
    maxNodes: 6,
    diskGb: 80,
  },
  large: {
    instance: 'm6i.2xlarge',
    facts: { cpuCores: 8, memoryGb: 32, gpus: 0 },
    minNodes: 3,
    maxNodes: 12,
    diskGb: 120,
  },
};

export const gpuInstances = [
  'g4dn.xlarge',
  'g4dn.2xlarge',
  'g4dn.12xlarge',
  'g5.xlarge',
  'g5.2xlarge',
  'g5.12xlarge',
  'g6.xlarge',
  'g6.2xlarge',
  'g6.12xlarge',
] as const;
export type GpuInstance = (typeof gpuInstances)[number];

/** What a GPU instance has. Source: AWS, "Accelerated computing instances", as of November 2026. */
export const gpuFacts: Record<GpuInstance, InstanceFacts> = {
  'g4dn.xlarge': { cpuCores: 4, memoryGb: 16, gpus: 1 },
  'g4dn.2xlarge': { cpuCores: 8, memoryGb: 32, gpus: 1 },
  'g4dn.12xlarge': { cpuCores: 48, memoryGb: 192, gpus: 4 },
  'g5.xlarge': { cpuCores: 4, memoryGb: 16, gpus: 1 },
  'g5.2xlarge': { cpuCores: 8, memoryGb: 32, gpus: 1 },
  'g5.12xlarge': { cpuCores: 48, memoryGb: 192, gpus: 4 },
  'g6.xlarge': { cpuCores: 4, memoryGb: 16, gpus: 1 },
  'g6.2xlarge': { cpuCores: 8, memoryGb: 32, gpus: 1 },
  'g6.12xlarge': { cpuCores: 48, memoryGb: 192, gpus: 4 },
};

/** Regions that are known to have a GPU family; elsewhere the request is refused before anything is made. */
export const gpuRegions: Readonly<Record<string, readonly string[]>> = {
  g4dn: [
    ...['us-east-1', 'us-east-2', 'us-west-1', 'us-west-2', 'ca-central-1', 'sa-east-1'],
    ...['eu-central-1', 'eu-west-1', 'eu-west-2', 'eu-west-3', 'eu-north-1', 'eu-south-1'],
    ...[
      'ap-south-1',
      'ap-southeast-1',
      'ap-southeast-2',
      'ap-northeast-1',
      'ap-northeast-2',
      'ap-northeast-3',
    ],
    ...['ap-east-1', 'me-south-1', 'af-south-1'],
  ],
  g5: [
    ...['us-east-1', 'us-east-2', 'us-west-2', 'ca-central-1', 'sa-east-1'],
    ...['eu-central-1', 'eu-west-1', 'eu-west-2', 'eu-north-1'],
    ...['ap-south-1', 'ap-southeast-2', 'ap-northeast-1', 'ap-northeast-2'],
  ],
  g6: [
    ...['us-east-1', 'us-east-2', 'us-west-2', 'ca-central-1', 'sa-east-1'],
    ...['eu-central-1', 'eu-west-2', 'ap-south-1', 'ap-southeast-2', 'ap-northeast-1'],
  ],
};
