/** What each size means, in one table: requests in the cluster, instance families at AWS. */
export const dataSizes = ['small', 'medium', 'large'] as const;
export type DataSize = (typeof dataSizes)[number];

/** Database engines, by their names at AWS. */
export const databaseEngines = ['postgres', 'mysql'] as const;
export type DatabaseEngine = (typeof databaseEngines)[number];

export interface DataSizeFacts {
  /** In the cluster: requested and limited alike, so that the pod is never evicted for memory. */
  readonly cpu: string;
  readonly memory: string;
  /** At AWS, with what the instance has (vCPU, GiB). */
  readonly instance: string;
  readonly instanceCpuCores: number;
  readonly instanceMemoryGb: number;
}

/** Sizes of a database server. */
export const databaseSizes: Record<DataSize, DataSizeFacts> = {
  small: { cpu: '250m', memory: '512Mi', instance: 'db.t4g.small', instanceCpuCores: 2, instanceMemoryGb: 2 },
  medium: { cpu: '1', memory: '2Gi', instance: 'db.m7g.large', instanceCpuCores: 2, instanceMemoryGb: 8 },
  large: { cpu: '2', memory: '8Gi', instance: 'db.r7g.xlarge', instanceCpuCores: 4, instanceMemoryGb: 32 },
};

/** Sizes of a Valkey server. */
export const cacheSizes: Record<DataSize, DataSizeFacts> = {
  small: {
    cpu: '100m',
    memory: '256Mi',
    instance: 'cache.t4g.small',
    instanceCpuCores: 2,
    instanceMemoryGb: 1.37,
  },
  medium: {
    cpu: '250m',
    memory: '1Gi',
    instance: 'cache.m7g.large',
    instanceCpuCores: 2,
    instanceMemoryGb: 6.38,
  },
  large: {
    cpu: '500m',
    memory: '4Gi',
    instance: 'cache.r7g.xlarge',
    instanceCpuCores: 4,
    instanceMemoryGb: 26.32,
  },
};

interface ServerlessLimits {
  /** Most data in GB. */
  readonly dataGb: number;
  /** Most ElastiCache processing units a second: about one a simple command on 1 KB. */
  readonly ecpuPerSecond: number;
}

/** Limits of a serverless cache: as much data as a node of the size holds. */
export const serverlessLimits: Record<DataSize, ServerlessLimits> = {
  small: { dataGb: 1, ecpuPerSecond: 5000 },
  medium: { dataGb: 6, ecpuPerSecond: 30_000 },
  large: { dataGb: 26, ecpuPerSecond: 100_000 },
};
