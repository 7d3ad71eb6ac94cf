import type { ITerraformDependable } from 'cdktf';
import type { AppContext } from '../app/context.js';
import type { CacheConnection, DatabaseConnection } from '../connection.js';
import type { PodSize } from '../../src/sizing/sizing.js';
import type { IspSizing } from './spec-sizing.js';
import type { IspSpecV1 } from './spec.js';

/** What the constructs of the stack are about. All texts of the spec are literal already. */
export interface IspContext {
  readonly app: AppContext;
  readonly spec: IspSpecV1;
  readonly sizing: IspSizing;
  /** The namespace as a reference. */
  readonly namespace: string;
  /** @default - the environment has no database */
  readonly database?: DatabaseConnection;
  /** @default - the environment has no cache */
  readonly cache?: CacheConnection;
  /** What has to exist before any pod: quota and network policies. */
  readonly walls: readonly ITerraformDependable[];
}

/** Requests and limits of a sized pod. */
export function resourcesOf({ cpuRequest, cpuLimit, memory }: PodSize) {
  return { requests: { cpu: cpuRequest, memory }, limits: { cpu: cpuLimit, memory } };
}

/** The size of a pod that is switched on. Throws when the sizing knows none of that name. */
export function sizeOf({ sizing }: IspContext, name: keyof IspSizing['pods']): PodSize {
  const size = sizing.pods[name];
  if (size === undefined) throw new Error(`no size for ${name}`);
  return size;
}

/** What the construct of a service takes. */
export interface ServiceConstructProps {
  readonly context: IspContext;
  /** What has to exist before it: data services and variables. */
  readonly dependsOn: readonly ITerraformDependable[];
}
