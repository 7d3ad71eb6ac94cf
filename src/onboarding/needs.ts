/** The one table of what the built-in blueprints need at AWS: policies, the preflight and their tests are made from it. */
import { grant, lists, type Grant, type NeedsTable } from './grant.js';
import { clusterNeeds } from './needs-cluster.js';
import { dataNeeds } from './needs-data.js';
import { identityNeeds } from './needs-identity.js';
import { networkNeeds } from './needs-network.js';
import { storageNeeds } from './needs-storage.js';

export const needsOfTypes: NeedsTable = {
  ...networkNeeds,
  ...clusterNeeds,
  ...identityNeeds,
  ...dataNeeds,
  ...storageNeeds,
};

/** Data sources: read on plans. */
export const needsOfDataSources: Readonly<Record<string, readonly Grant[]>> = {
  aws_eks_cluster: [grant('eks', 'any-cluster', 'always', 'DescribeCluster')],
};

/** What a verification of the account reads (src/credentials/preflight*.ts), with the plan role. */
export const needsOfVerification: readonly Grant[] = [
  lists(
    'ec2',
    'DescribeRegions',
    'DescribeVpcs',
    'DescribeSubnets',
    'DescribeAddresses',
    'DescribeNatGateways',
    'DescribeInstances',
  ),
  lists('eks', 'ListClusters'),
  lists('servicequotas', 'GetServiceQuota'),
  grant('iam', 'own-roles', 'always', 'SimulatePrincipalPolicy'),
];

/** What is looked for after a destroy (src/receipt/aws-search.ts), with the plan role. */
export const needsOfReceipts: readonly Grant[] = [
  lists('tag', 'GetResources'),
  lists('iam', 'ListRoles'),
  grant('iam', 'role', 'always', 'ListRoleTags'),
  lists('ec2', 'DescribeTags'),
];

export type Phase = 'plan' | 'apply';

/** All that a role may: plans read, applies read and write. */
export function grantsOf(phase: Phase): readonly Grant[] {
  const rows = Object.values(needsOfTypes);
  const reads = [...rows.flatMap(({ read }) => read), ...Object.values(needsOfDataSources).flat()];
  return phase === 'plan'
    ? [...reads, ...needsOfVerification, ...needsOfReceipts]
    : [...reads, ...rows.flatMap(({ write }) => write)];
}
