import { clusterFacts } from './ground-truth-aws-cluster.js';
import { dataFacts } from './ground-truth-aws-data.js';
import { networkFacts } from './ground-truth-aws-network.js';
import { dockerFacts } from './ground-truth-docker.js';
import { helmFacts } from './ground-truth-helm.js';
import { kubernetesFacts } from './ground-truth-kubernetes.js';
import { postgresqlFacts } from './ground-truth-postgresql.js';

/** What the documentation and the schema of the real provider say of a type. Paths are dotted names without indices. */
export interface TypeFacts {
  /** A change needs a new object. */
  readonly replaces?: readonly string[];
  /** A change is made in place. */
  readonly updates?: readonly string[];
  readonly sensitive?: readonly string[];
  readonly required?: readonly string[];
  /** Decided by the provider alone. */
  readonly computed?: readonly string[];
  /** What holds where nothing is said. */
  readonly defaults?: Readonly<Record<string, unknown>>;
  /** Blocks of which there is at most one. */
  readonly atMostOne?: readonly string[];
}

/** By resource type: facts that are certain, written down without looking at the derived schema or its overlay. */
export const groundTruth: Readonly<Record<string, TypeFacts>> = {
  ...networkFacts,
  ...clusterFacts,
  ...dataFacts,
  ...helmFacts,
  ...kubernetesFacts,
  ...dockerFacts,
  ...postgresqlFacts,
};
