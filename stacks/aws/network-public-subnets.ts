import { Route } from '@cdktf/provider-aws/lib/route/index.js';
import { RouteTableAssociation } from '@cdktf/provider-aws/lib/route-table-association/index.js';
import { RouteTable } from '@cdktf/provider-aws/lib/route-table/index.js';
import { Subnet } from '@cdktf/provider-aws/lib/subnet/index.js';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';

/** A subnet to be: in which zone, with which range. */
export interface ZoneRange {
  /** Short and stable: the zone's letter. */
  readonly key: string;
  readonly zone: string;
  readonly cidr: string;
}

export interface PublicSubnetsProps {
  readonly name: string;
  readonly vpcId: string;
  readonly gatewayId: string;
  readonly zones: readonly ZoneRange[];
}

/** Subnets of load balancers and NAT gateways, one a zone, with a way in from the internet. Nothing in them gets a public address by itself. */
export class PublicSubnets extends Construct {
  /** In the order of the zones. */
  readonly subnetIds: readonly string[];
  /** The way out. */
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, { name, vpcId, gatewayId, zones }: PublicSubnetsProps) {
    super(scope, id);
    const table = new RouteTable(this, '$table', { vpcId, tags: { Name: `${name}-public` } });
    const out = new Route(this, '$out', {
      routeTableId: table.id,
      destinationCidrBlock: '0.0.0.0/0',
      gatewayId,
    });
    this.ready = [out];
    this.subnetIds = zones.map(({ key, zone, cidr }) => {
      const inZone = new Construct(this, key);
      const subnet = new Subnet(inZone, '$subnet', {
        vpcId,
        availabilityZone: zone,
        cidrBlock: cidr,
        mapPublicIpOnLaunch: false,
        // By this tag EKS finds the subnets of public load balancers.
        tags: { Name: `${name}-public-${key}`, 'kubernetes.io/role/elb': '1' },
      });
      new RouteTableAssociation(inZone, '$table', { subnetId: subnet.id, routeTableId: table.id });
      return subnet.id;
    });
  }
}
