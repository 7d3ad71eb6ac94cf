/** Instance classes of RDS and node types of ElastiCache, as of `instancesAsOf`.
 *  Sources: Amazon RDS User Guide, "Hardware specifications for DB instance classes"; Amazon ElastiCache User Guide,
 *  "Supported node types" (whose memory is what a node has left for data and overhead). */
export const instancesAsOf = '2025-11';

export interface Instance {
  /** As AWS names it: `db.m7g.large`, `cache.t4g.small`. */
  readonly name: string;
  /** `m7g`. */
  readonly family: string;
  readonly cpuCores: number;
  /** What it gives all day: less than `cpuCores` for burstable families, which live on credits above it. */
  readonly sustainedCores: number;
  /** GB of 2^30 bytes. */
  readonly memoryGb: number;
}

type Row = readonly [size: string, cpuCores: number, memoryGb: number, sustainedCores?: number];

interface FamilyGroup {
  /** The first is preferred; all have the same sizes. */
  readonly families: readonly string[];
  readonly sizes: readonly Row[];
}

const databaseGroups: readonly FamilyGroup[] = [
  {
    families: ['t4g', 't3'],
    sizes: [
      ['micro', 2, 1, 0.2],
      ['small', 2, 2, 0.4],
      ['medium', 2, 4, 0.4],
    ],
  },
  {
    families: ['m7g', 'm6g', 'm5'],
    sizes: [
      ['large', 2, 8],
      ['xlarge', 4, 16],
      ['2xlarge', 8, 32],
      ['4xlarge', 16, 64],
      ['8xlarge', 32, 128],
      ['12xlarge', 48, 192],
      ['16xlarge', 64, 256],
    ],
  },
  {
    families: ['r7g', 'r6g', 'r5'],
    sizes: [
      ['large', 2, 16],
      ['xlarge', 4, 32],
      ['2xlarge', 8, 64],
      ['4xlarge', 16, 128],
      ['8xlarge', 32, 256],
      ['12xlarge', 48, 384],
      ['16xlarge', 64, 512],
    ],
  },
];

const cacheGroups: readonly FamilyGroup[] = [
  {
    families: ['t4g', 't3'],
    sizes: [
      ['micro', 2, 0.5, 0.2],
      ['small', 2, 1.37, 0.4],
      ['medium', 2, 3.09, 0.4],
    ],
  },
  {
    families: ['m7g', 'm6g'],
    sizes: [
      ['large', 2, 6.38],
      ['xlarge', 4, 12.93],
      ['2xlarge', 8, 26.04],
      ['4xlarge', 16, 52.26],
      ['8xlarge', 32, 103.68],
      ['12xlarge', 48, 157.12],
      ['16xlarge', 64, 209.55],
    ],
  },
  {
    families: ['m5'],
    sizes: [
      ['large', 2, 6.38],
      ['xlarge', 4, 12.93],
      ['2xlarge', 8, 26.04],
      ['4xlarge', 16, 52.26],
      ['12xlarge', 48, 157.12],
      ['24xlarge', 96, 314.32],
    ],
  },
  {
    families: ['r7g', 'r6g'],
    sizes: [
      ['large', 2, 13.07],
      ['xlarge', 4, 26.32],
      ['2xlarge', 8, 52.82],
      ['4xlarge', 16, 105.81],
      ['8xlarge', 32, 209.55],
      ['12xlarge', 48, 317.77],
      ['16xlarge', 64, 419.09],
    ],
  },
  {
    families: ['r5'],
    sizes: [
      ['large', 2, 13.07],
      ['xlarge', 4, 26.32],
      ['2xlarge', 8, 52.82],
      ['4xlarge', 16, 105.81],
      ['12xlarge', 48, 317.77],
      ['24xlarge', 96, 635.61],
    ],
  },
];

export type InstanceService = 'rds' | 'elasticache';

export const instanceGroups: Record<
  InstanceService,
  { readonly prefix: string; readonly groups: readonly FamilyGroup[] }
> = {
  rds: { prefix: 'db', groups: databaseGroups },
  elasticache: { prefix: 'cache', groups: cacheGroups },
};

/** Every instance of a service, smallest first: by memory, then by cores, then as the families are preferred. */
export const instances: Record<InstanceService, readonly Instance[]> = {
  rds: instancesOf('rds'),
  elasticache: instancesOf('elasticache'),
};

function instancesOf(service: InstanceService): Instance[] {
  const { prefix, groups } = instanceGroups[service];
  const all = groups.flatMap(({ families, sizes }) =>
    families.flatMap((family) =>
      sizes.map(([size, cpuCores, memoryGb, sustainedCores]) => ({
        name: `${prefix}.${family}.${size}`,
        family,
        cpuCores,
        sustainedCores: sustainedCores ?? cpuCores,
        memoryGb,
      })),
    ),
  );
  // The sort is stable, so equals stay in the order of the families.
  return all.sort((a, b) => a.memoryGb - b.memoryGb || a.cpuCores - b.cpuCores);
}

/** Families of the table that a region is documented not to offer. A region that is not listed is taken to offer all;
 *  AWS has the last word when the plan is applied.
 *  Source: Amazon ElastiCache User Guide, "Supported node types", note on Thailand and Mexico (Central). */
export const missingFamilies: Readonly<
  Record<string, Readonly<Partial<Record<InstanceService, readonly string[]>>>>
> = {
  'ap-southeast-7': { elasticache: ['m6g', 'm5', 'r6g', 'r5'] },
  'mx-central-1': { elasticache: ['m6g', 'm5', 'r6g', 'r5'] },
};

const bytesPerConnection = 9_531_392;

/** The default `max_connections` of RDS for PostgreSQL: LEAST({DBInstanceClassMemory/9531392},5000). RDS keeps a part of
 *  the memory for itself, so a small instance allows somewhat fewer; a stack that must be sure sets the parameter.
 *  Source: Amazon RDS User Guide, "Maximum number of database connections". */
export function maxConnections({ memoryGb }: Pick<Instance, 'memoryGb'>): number {
  return Math.min(Math.floor((memoryGb * 2 ** 30) / bytesPerConnection), 5000);
}
