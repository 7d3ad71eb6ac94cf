import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group/index.js';
import { VpcSecurityGroupIngressRule } from '@cdktf/provider-aws/lib/vpc-security-group-ingress-rule/index.js';
import { Construct } from 'constructs';

/** Where managed data services live. Ids may be references. */
export interface DataNetwork {
  readonly vpcId: string;
  /** The only range that reaches the data ports. */
  readonly vpcCidr: string;
  /** Private subnets in at least two zones. */
  readonly subnetIds: readonly string[];
}

export interface DataSecurityGroupProps {
  readonly name: string;
  readonly port: number;
  readonly network: DataNetwork;
}

/** A security group that lets the VPC's own range reach one port; nothing goes out, for a data service opens no connections. */
export class DataSecurityGroup extends Construct {
  readonly groupId: string;

  constructor(scope: Construct, id: string, { name, port, network }: DataSecurityGroupProps) {
    super(scope, id);
    const group = new SecurityGroup(this, '$group', {
      name,
      description: 'Data service of a tenant environment',
      vpcId: network.vpcId,
      revokeRulesOnDelete: true,
      tags: { Name: name },
    });
    new VpcSecurityGroupIngressRule(this, '$from-vpc', {
      securityGroupId: group.id,
      description: 'From the VPC',
      cidrIpv4: network.vpcCidr,
      fromPort: port,
      toPort: port,
      ipProtocol: 'tcp',
    });
    this.groupId = group.id;
  }
}
