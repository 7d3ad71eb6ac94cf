/** The one table of the sizing: what a plan starts with and grows by, what each feature adds, how it is shared out. */
export const plans = ['standard', 'premium', 'enterprise'] as const;
export type Plan = (typeof plans)[number];

export const features = [
  'radius',
  'netbox',
  'genieacs',
  'wireguard',
  'librenms',
  'prometheus',
  'grafana',
] as const;
export type Feature = (typeof features)[number];

export const customerRange = { least: 50, most: 100_000 } as const;

/** Needs are `base + customers / unit x increment`; these are the units. */
export const customersPerIncrement = { cpu: 1000, memory: 500, storage: 1000 } as const;

interface Growth {
  readonly base: number;
  readonly increment: number;
}

/** CPU in cores, memory and storage in GB of 2^30 bytes. */
export interface Formula {
  readonly cpu: Growth;
  readonly memory: Growth;
  readonly storage: Growth;
}

type Pair = readonly [base: number, increment: number];

function formula(cpu: Pair, memory: Pair, storage: Pair): Formula {
  const growth = ([base, increment]: Pair): Growth => ({ base, increment });
  return { cpu: growth(cpu), memory: growth(memory), storage: growth(storage) };
}

export interface PlanSizing extends Formula {
  /** Connections are `min(customers x 2, connections)`. */
  readonly connections: number;
  /** Least replicas of frontend and backend. */
  readonly replicas: number;
  /** The part of its CPU limit that a pod is guaranteed. Memory is guaranteed whole in every plan. */
  readonly cpuReserved: number;
}

/** The application with its database and cache, without features.
 *  A standard environment of 10,000 customers takes 4 cores, 8 GB and 50 GB. */
export const planSizing: Record<Plan, PlanSizing> = {
  standard: {
    ...formula([1, 0.3], [3, 0.25], [20, 3]),
    connections: 200,
    replicas: 1,
    cpuReserved: 0.5,
  },
  premium: {
    ...formula([1.5, 0.35], [4, 0.3], [30, 4]),
    connections: 300,
    replicas: 2,
    cpuReserved: 0.75,
  },
  enterprise: {
    ...formula([2.5, 0.4], [6.25, 0.4], [50, 5]),
    connections: 500,
    replicas: 3,
    cpuReserved: 1,
  },
};

/** What each feature adds, by pod; a pod with storage has a volume of its own. */
export const featureSizing = {
  radius: { radius: formula([0.2, 0.02], [0.25, 0.01], [1, 0.1]) },
  netbox: { netbox: formula([0.5, 0], [1, 0], [2, 0]) },
  genieacs: {
    genieacs: formula([0.2, 0.02], [0.375, 0.01], [0, 0]),
    mongodb: formula([0.2, 0.01], [0.5, 0.02], [5, 0.5]),
  },
  wireguard: { wireguard: formula([0.1, 0.01], [0.125, 0], [0, 0]) },
  librenms: {
    librenms: formula([0.3, 0.015], [0.5, 0.01], [5, 0.5]),
    'librenms-database': formula([0.2, 0.005], [0.5, 0.01], [5, 0.3]),
  },
  prometheus: { prometheus: formula([0.3, 0.02], [1, 0.04], [20, 1]) },
  grafana: { grafana: formula([0.1, 0], [0.25, 0], [1, 0]) },
} as const satisfies Record<Feature, Record<string, Formula>>;

export const corePods = ['frontend', 'backend', 'database', 'cache'] as const;
export type CorePod = (typeof corePods)[number];
export type FeaturePod = { [F in Feature]: keyof (typeof featureSizing)[F] }[Feature];

/** How the plan's CPU and memory are shared out; each column adds up to 1. */
export const coreShares: Record<CorePod, { readonly cpu: number; readonly memory: number }> = {
  frontend: { cpu: 0.15, memory: 0.1 },
  backend: { cpu: 0.45, memory: 0.4 },
  database: { cpu: 0.3, memory: 0.35 },
  cache: { cpu: 0.1, memory: 0.15 },
};

export const coreVolumes = ['database', 'backups', 'files'] as const;
export type CoreVolume = (typeof coreVolumes)[number];

/** How the plan's storage is shared out; adds up to 1. */
export const volumeShares: Record<CoreVolume, number> = { database: 0.6, backups: 0.3, files: 0.1 };

/** RDS makes no volume below this, GB. Source: Amazon RDS User Guide, "gp3 storage". */
export const leastManagedStorageGb = 20;

/** A replicated pod gets no larger than this; more need becomes more replicas. */
export const largestReplica = {
  frontend: { cpu: 0.5, memory: 0.5 },
  backend: { cpu: 1, memory: 2 },
} as const satisfies Partial<Record<CorePod, { readonly cpu: number; readonly memory: number }>>;

/** The least that an override may leave to the application, its database and its cache. */
export const coreMinimum = { cpuCores: 0.5, memoryGb: 1.5, storageGb: 5, connections: 20 } as const;

/** What the quota allows besides the sized pods: migrations, backups, a pod for a look inside. */
export const spare = { cpu: 0.5, memory: 0.5, pods: 4, services: 3, volumeClaims: 2 } as const;
