import { stableName, type EnvironmentIdentity } from '../../src/spec/names.js';
import type { StackInput } from '../../src/spec/stack-input.js';
import type { PlatformSpecV1 } from './spec.js';

/** What every construct of the stack is about: who asked for what. All texts are literal already. */
export interface PlatformContext {
  readonly input: StackInput;
  readonly spec: PlatformSpecV1;
  readonly names: PlatformNames;
  /** Partition of ARNs: `aws`, `aws-cn` or `aws-us-gov`. */
  readonly partition: string;
}

export interface PlatformNames {
  /** Network, cluster, roles: at most 40, room for a suffix within the 64 of an IAM role. */
  readonly base: string;
  /** RDS: at most 48, room for a suffix within 63. */
  readonly database: string;
  /** ElastiCache: at most 40. */
  readonly cache: string;
  /** S3: at most 63. */
  readonly bucket: string;
  /** Kubernetes namespace of the application: at most 63. */
  readonly namespace: string;
}

/** The names of an environment's things: the same for ever. */
export function platformNames(identity: EnvironmentIdentity, { bucket }: PlatformSpecV1): PlatformNames {
  return {
    base: stableName(identity, 40),
    database: stableName(identity, 48),
    cache: stableName(identity, 40),
    bucket: [...(bucket?.prefix ? [bucket.prefix] : []), stableName(identity, 43)].join('-'),
    namespace: stableName(identity, 63),
  };
}
