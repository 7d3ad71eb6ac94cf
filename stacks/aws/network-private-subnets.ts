import { Route } from '@cdktf/provider-aws/lib/route/index.js';
import { RouteTableAssociation } from '@cdktf/provider-aws/lib/route-table-association/index.js';
import { RouteTable } from '@cdktf/provider-aws/lib/route-table/index.js';
import { Subnet } from '@cdktf/provider-aws/lib/subnet/index.js';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { ZoneRange } from './network-public-subnets.js';

export interface PrivateSubnetsProps {
  readonly name: string;
  readonly vpcId: string;
  readonly zones: readonly ZoneRange[];
  /** NAT gateways: one for all zones, or one a zone in their order. @default - no way out */
  readonly natIds: readonly string[];
}

/** Subnets of nodes and data services, one a zone, each with a route table of its own. */
export class PrivateSubnets extends Construct {
  /** In the order of the zones. */
  readonly subnetIds: readonly string[];
  readonly routeTableIds: readonly string[];
  /** What nodes need before they can reach anything. */
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, { name, vpcId, zones, natIds }: PrivateSubnetsProps) {
    super(scope, id);
    const made = zones.map(({ key, zone, cidr }, index) => {
      const inZone = new Construct(this, key);
      const subnet = new Subnet(inZone, '$subnet', {
        vpcId,
        availabilityZone: zone,
        cidrBlock: cidr,
        mapPublicIpOnLaunch: false,
        // By this tag EKS finds the subnets of internal load balancers.
        tags: { Name: `${name}-private-${key}`, 'kubernetes.io/role/internal-elb': '1' },
      });
      const table = new RouteTable(inZone, '$table', { vpcId, tags: { Name: `${name}-private-${key}` } });
      const ready: ITerraformDependable[] = [
        new RouteTableAssociation(inZone, '$association', { subnetId: subnet.id, routeTableId: table.id }),
      ];
      const natGatewayId = natIds[index] ?? natIds[0];
      if (natGatewayId !== undefined)
        ready.push(
          new Route(inZone, '$out', {
            routeTableId: table.id,
            destinationCidrBlock: '0.0.0.0/0',
            natGatewayId,
          }),
        );
      return { subnetId: subnet.id, tableId: table.id, ready };
    });
    this.subnetIds = made.map((one) => one.subnetId);
    this.routeTableIds = made.map((one) => one.tableId);
    this.ready = made.flatMap((one) => one.ready);
  }
}
