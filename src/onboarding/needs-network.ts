import { grant, lists, type Grant, type NeedsTable } from './grant.js';
import type { ResourceKind } from './resource-kinds.js';

const ec2 = (
  ...rest: [on: ResourceKind | readonly ResourceKind[], when: Grant['when'], ...names: string[]]
) => grant('ec2', ...rest);

/** Tags of a thing of EC2, from its birth on. */
const tags = (kind: ResourceKind): Grant[] => [
  ec2(kind, 'tagged_at_birth', 'CreateTags'),
  ec2(kind, 'retagged', 'CreateTags'),
  ec2(kind, 'ours', 'DeleteTags'),
];

/** Networks, for `platform@1`, and the security groups of managed data services. */
export const networkNeeds = {
  aws_vpc: {
    read: [
      lists(
        'ec2',
        'DescribeVpcs',
        'DescribeVpcAttribute',
        'DescribeNetworkAcls',
        'DescribeRouteTables',
        'DescribeSecurityGroups',
      ),
    ],
    write: [
      ec2('vpc', 'made', 'CreateVpc'),
      ec2('vpc', 'ours', 'ModifyVpcAttribute', 'DeleteVpc'),
      ...tags('vpc'),
    ],
  },
  aws_default_security_group: {
    read: [lists('ec2', 'DescribeSecurityGroups', 'DescribeSecurityGroupRules')],
    write: [
      // AWS makes it with the VPC, without tags: the only thing of EC2 that is adopted.
      ec2('security-group', 'tagged', 'CreateTags'),
      ec2('security-group', 'ours', 'RevokeSecurityGroupIngress', 'RevokeSecurityGroupEgress'),
    ],
  },
  aws_internet_gateway: {
    read: [lists('ec2', 'DescribeInternetGateways')],
    write: [
      ec2('internet-gateway', 'made', 'CreateInternetGateway'),
      ec2(['internet-gateway', 'vpc'], 'ours', 'AttachInternetGateway', 'DetachInternetGateway'),
      ec2('internet-gateway', 'ours', 'DeleteInternetGateway'),
      ...tags('internet-gateway'),
    ],
  },
  aws_subnet: {
    // What keeps a subnet from being deleted is looked for among the interfaces.
    read: [lists('ec2', 'DescribeSubnets', 'DescribeNetworkInterfaces')],
    write: [
      ec2('subnet', 'made', 'CreateSubnet'),
      ec2('vpc', 'ours', 'CreateSubnet'),
      ec2('subnet', 'ours', 'ModifySubnetAttribute', 'DeleteSubnet'),
      ...tags('subnet'),
    ],
  },
  aws_route_table: {
    read: [lists('ec2', 'DescribeRouteTables')],
    write: [
      ec2('route-table', 'made', 'CreateRouteTable'),
      ec2('vpc', 'ours', 'CreateRouteTable'),
      ec2('route-table', 'ours', 'DeleteRouteTable'),
      ...tags('route-table'),
    ],
  },
  aws_route: {
    read: [lists('ec2', 'DescribeRouteTables')],
    write: [ec2('route-table', 'ours', 'CreateRoute', 'ReplaceRoute', 'DeleteRoute')],
  },
  aws_route_table_association: {
    read: [lists('ec2', 'DescribeRouteTables')],
    write: [
      ec2(
        ['route-table', 'subnet'],
        'ours',
        'AssociateRouteTable',
        'DisassociateRouteTable',
        'ReplaceRouteTableAssociation',
      ),
    ],
  },
  aws_eip: {
    read: [lists('ec2', 'DescribeAddresses', 'DescribeAddressesAttribute')],
    write: [
      ec2('elastic-ip', 'made', 'AllocateAddress'),
      ec2('elastic-ip', 'ours', 'DisassociateAddress', 'ReleaseAddress'),
      ...tags('elastic-ip'),
    ],
  },
  aws_nat_gateway: {
    read: [lists('ec2', 'DescribeNatGateways')],
    write: [
      ec2('natgateway', 'made', 'CreateNatGateway'),
      ec2(['elastic-ip', 'subnet', 'vpc'], 'ours', 'CreateNatGateway'),
      ec2('natgateway', 'ours', 'DeleteNatGateway'),
      ...tags('natgateway'),
    ],
  },
  aws_vpc_endpoint: {
    read: [lists('ec2', 'DescribeVpcEndpoints', 'DescribePrefixLists')],
    write: [
      ec2('vpc-endpoint', 'made', 'CreateVpcEndpoint'),
      ec2(['vpc', 'route-table', 'subnet', 'security-group'], 'ours', 'CreateVpcEndpoint'),
      ec2(['vpc-endpoint', 'route-table', 'subnet', 'security-group'], 'ours', 'ModifyVpcEndpoint'),
      ec2('vpc-endpoint', 'ours', 'DeleteVpcEndpoints'),
      ...tags('vpc-endpoint'),
    ],
  },
  aws_flow_log: {
    read: [lists('ec2', 'DescribeFlowLogs')],
    write: [
      ec2('vpc-flow-log', 'made', 'CreateFlowLogs'),
      ec2('vpc', 'ours', 'CreateFlowLogs'),
      ec2('vpc-flow-log', 'ours', 'DeleteFlowLogs'),
      grant('iam', 'role', 'to_flow_logs', 'PassRole'),
      ...tags('vpc-flow-log'),
    ],
  },
  aws_security_group: {
    read: [lists('ec2', 'DescribeSecurityGroups', 'DescribeNetworkInterfaces')],
    write: [
      ec2('security-group', 'made', 'CreateSecurityGroup'),
      // The network may be the customer's own, without our tag.
      ec2('vpc', 'always', 'CreateSecurityGroup'),
      ec2(
        'security-group',
        'ours',
        'RevokeSecurityGroupIngress',
        'RevokeSecurityGroupEgress',
        'DeleteSecurityGroup',
      ),
      ...tags('security-group'),
    ],
  },
  aws_vpc_security_group_ingress_rule: {
    read: [lists('ec2', 'DescribeSecurityGroupRules')],
    write: [
      ec2('security-group-rule', 'made', 'AuthorizeSecurityGroupIngress'),
      ec2(
        'security-group',
        'ours',
        'AuthorizeSecurityGroupIngress',
        'RevokeSecurityGroupIngress',
        'ModifySecurityGroupRules',
      ),
      ec2('security-group-rule', 'ours', 'ModifySecurityGroupRules'),
      ...tags('security-group-rule'),
    ],
  },
} as const satisfies NeedsTable;
