import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group/index.js';
import { VpcEndpoint } from '@cdktf/provider-aws/lib/vpc-endpoint/index.js';
import { VpcSecurityGroupIngressRule } from '@cdktf/provider-aws/lib/vpc-security-group-ingress-rule/index.js';
import { Construct } from 'constructs';

export interface EndpointsProps {
  readonly name: string;
  readonly region: string;
  readonly vpcId: string;
  readonly vpcCidr: string;
  readonly subnetIds: readonly string[];
  readonly routeTableIds: readonly string[];
  /** Services besides S3, such as `ecr.api`. */
  readonly services: readonly string[];
}

/** Ways to services of AWS that do not leave the VPC: S3 by route, the others by an interface that the VPC alone reaches. */
export class Endpoints extends Construct {
  constructor(scope: Construct, id: string, props: EndpointsProps) {
    super(scope, id);
    const { name, region, vpcId } = props;
    new VpcEndpoint(this, 's3', {
      vpcId,
      serviceName: `com.amazonaws.${region}.s3`,
      vpcEndpointType: 'Gateway',
      routeTableIds: [...props.routeTableIds],
      tags: { Name: `${name}-s3` },
    });
    if (props.services.length === 0) return;
    const group = new SecurityGroup(this, '$group', {
      name: `${name}-endpoints`,
      description: 'Endpoints of AWS services within the VPC',
      vpcId,
      tags: { Name: `${name}-endpoints` },
    });
    new VpcSecurityGroupIngressRule(this, '$from-vpc', {
      securityGroupId: group.id,
      description: 'From the VPC',
      cidrIpv4: props.vpcCidr,
      fromPort: 443,
      toPort: 443,
      ipProtocol: 'tcp',
    });
    for (const service of props.services)
      new VpcEndpoint(this, service.replaceAll('.', '-'), {
        vpcId,
        serviceName: `com.amazonaws.${region}.${service}`,
        vpcEndpointType: 'Interface',
        privateDnsEnabled: true,
        subnetIds: [...props.subnetIds],
        securityGroupIds: [group.id],
        tags: { Name: `${name}-${service}` },
      });
  }
}
