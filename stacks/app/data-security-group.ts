import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group/index.js';
import { VpcSecurityGroupIngressRule } from '@cdktf/provider-aws/lib/vpc-security-group-ingress-rule/index.js';
import { Construct } from 'constructs';
import type { AppContext } from './context.js';

export interface DataSecurityGroupProps {
  readonly context: AppContext;
  readonly name: string;
  readonly port: number;
}

/** A security group that lets the VPC's own range reach one port; nothing goes out, for a data service opens no connections. */
export class DataSecurityGroup extends Construct {
  readonly groupId: string;

  constructor(scope: Construct, id: string, { context, name, port }: DataSecurityGroupProps) {
    super(scope, id);
    const { network } = context.spec;
    const group = new SecurityGroup(this, '$group', {
      name,
      description: 'Data service of a tenant environment',
      vpcId: network.vpc_id,
      revokeRulesOnDelete: true,
      tags: { Name: name },
    });
    new VpcSecurityGroupIngressRule(this, '$from-vpc', {
      securityGroupId: group.id,
      description: 'From the VPC',
      cidrIpv4: network.vpc_cidr,
      fromPort: port,
      toPort: port,
      ipProtocol: 'tcp',
    });
    this.groupId = group.id;
  }
}
