import type { Account, Cluster } from '../src/account/account.js';
import type { StateResource } from '../src/state/state-rules.js';

/** The cluster that the stack itself made, else the one of the account. */
export function clusterOf(account: Account, resources: readonly StateResource[]): Cluster | null {
  const name = resources.find(({ type }) => type === 'aws_eks_cluster')?.values['name'];
  return typeof name === 'string' ? { kind: 'eks', name } : account.cluster;
}
