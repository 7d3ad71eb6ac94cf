import { DefaultSecurityGroup } from '@cdktf/provider-aws/lib/default-security-group/index.js';
import { InternetGateway } from '@cdktf/provider-aws/lib/internet-gateway/index.js';
import { Vpc as AwsVpc } from '@cdktf/provider-aws/lib/vpc/index.js';
import { Construct } from 'constructs';

export interface VpcProps {
  readonly name: string;
  /** IPv4 range, such as `10.0.0.0/16`. */
  readonly cidr: string;
}

/** A VPC with an internet gateway. Its default security group is emptied: what forgets to name a group is reached by nobody. */
export class Vpc extends Construct {
  readonly vpcId: string;
  readonly gatewayId: string;

  constructor(scope: Construct, id: string, { name, cidr }: VpcProps) {
    super(scope, id);
    const vpc = new AwsVpc(this, '$vpc', {
      cidrBlock: cidr,
      enableDnsHostnames: true,
      enableDnsSupport: true,
      tags: { Name: name },
    });
    new DefaultSecurityGroup(this, '$closed', { vpcId: vpc.id, tags: { Name: `${name}-unused` } });
    const gateway = new InternetGateway(this, '$gateway', { vpcId: vpc.id, tags: { Name: name } });
    this.vpcId = vpc.id;
    this.gatewayId = gateway.id;
  }
}
