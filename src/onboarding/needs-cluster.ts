import { grant, lists, type Grant, type NeedsTable } from './grant.js';
import type { ResourceKind } from './resource-kinds.js';

/** Tags of a thing of EKS, from its birth on. */
const eksTags = (kind: ResourceKind): Grant[] => [
  grant('eks', kind, 'tagged', 'TagResource'),
  grant('eks', kind, 'retagged', 'TagResource'),
  grant('eks', kind, 'ours', 'UntagResource'),
];

/** Clusters of `platform@1`. */
export const clusterNeeds = {
  aws_eks_cluster: {
    read: [
      grant('eks', 'any-cluster', 'always', 'DescribeCluster'),
      grant('eks', 'cluster', 'always', 'ListTagsForResource'),
    ],
    write: [
      grant('eks', 'all', 'made', 'CreateCluster'),
      grant('eks', 'cluster', 'ours', 'UpdateClusterConfig', 'UpdateClusterVersion', 'DeleteCluster'),
      grant('eks', 'cluster', 'always', 'DescribeUpdate'),
      grant('iam', 'role', 'to_eks', 'PassRole'),
      grant('iam', 'service-linked-role', 'service_linked', 'CreateServiceLinkedRole'),
      // Its secrets are encrypted with the environment's key.
      grant('kms', 'key', 'ours', 'CreateGrant', 'DescribeKey'),
      ...eksTags('cluster'),
    ],
  },
  aws_eks_node_group: {
    read: [grant('eks', 'nodegroup', 'always', 'DescribeNodegroup', 'ListTagsForResource')],
    write: [
      grant('eks', 'cluster', 'ours', 'CreateNodegroup'),
      grant('eks', 'nodegroup', 'ours', 'UpdateNodegroupConfig', 'UpdateNodegroupVersion', 'DeleteNodegroup'),
      grant('eks', 'nodegroup', 'always', 'DescribeUpdate'),
      grant('iam', 'role', 'to_eks', 'PassRole'),
      grant('iam', 'service-linked-role', 'service_linked', 'CreateServiceLinkedRole'),
      grant('iam', 'service-linked-role', 'always', 'GetRole'),
      // Whoever makes a group from a launch template must be able to start from it (AWS, "Launch template support").
      grant('ec2', 'launch-template', 'ours', 'RunInstances'),
      grant('ec2', ['instance', 'volume', 'network-interface'], 'made', 'RunInstances'),
      grant('ec2', ['image', 'subnet', 'security-group'], 'from_template', 'RunInstances'),
      grant('ec2', ['instance', 'volume', 'network-interface'], 'tagged_at_birth', 'CreateTags'),
      ...eksTags('nodegroup'),
    ],
  },
  aws_launch_template: {
    read: [lists('ec2', 'DescribeLaunchTemplates', 'DescribeLaunchTemplateVersions')],
    write: [
      grant('ec2', 'launch-template', 'made', 'CreateLaunchTemplate'),
      grant(
        'ec2',
        'launch-template',
        'ours',
        'CreateLaunchTemplateVersion',
        'ModifyLaunchTemplate',
        'DeleteLaunchTemplate',
        'DeleteTags',
      ),
      grant('ec2', 'launch-template', 'tagged_at_birth', 'CreateTags'),
      grant('ec2', 'launch-template', 'retagged', 'CreateTags'),
    ],
  },
  aws_eks_addon: {
    read: [grant('eks', 'addon', 'always', 'DescribeAddon', 'ListTagsForResource')],
    write: [
      grant('eks', 'cluster', 'ours', 'CreateAddon'),
      grant('eks', 'addon', 'ours', 'UpdateAddon', 'DeleteAddon'),
      grant('eks', 'addon', 'always', 'DescribeUpdate'),
      grant('iam', 'role', 'to_eks', 'PassRole'),
      ...eksTags('addon'),
    ],
  },
  aws_eks_access_entry: {
    read: [grant('eks', 'access-entry', 'always', 'DescribeAccessEntry')],
    write: [
      grant('eks', 'cluster', 'ours', 'CreateAccessEntry'),
      grant('eks', 'access-entry', 'ours', 'DeleteAccessEntry'),
      ...eksTags('access-entry'),
    ],
  },
  aws_eks_access_policy_association: {
    read: [grant('eks', 'access-entry', 'always', 'ListAssociatedAccessPolicies')],
    write: [grant('eks', 'access-entry', 'ours', 'AssociateAccessPolicy', 'DisassociateAccessPolicy')],
  },
} as const satisfies NeedsTable;
