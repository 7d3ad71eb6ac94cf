import { Eip } from '@cdktf/provider-aws/lib/eip/index.js';
import { NatGateway } from '@cdktf/provider-aws/lib/nat-gateway/index.js';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';

export interface NatProps {
  readonly name: string;
  /** Where gateways are to be: zone key and public subnet. */
  readonly places: readonly { readonly key: string; readonly subnetId: string }[];
  /** The way out of those subnets: gone only after the gateways. */
  readonly dependsOn: readonly ITerraformDependable[];
}

/** NAT gateways, each with an address that stays. */
export class Nat extends Construct {
  /** In the order of the places. */
  readonly gatewayIds: readonly string[];
  readonly addresses: readonly string[];

  constructor(scope: Construct, id: string, { name, places, dependsOn }: NatProps) {
    super(scope, id);
    const made = places.map(({ key, subnetId }) => {
      const tags = { Name: `${name}-${key}` };
      const inZone = new Construct(this, key);
      const address = new Eip(inZone, '$address', {
        domain: 'vpc',
        tags,
        dependsOn: [...dependsOn],
      });
      const gateway = new NatGateway(inZone, '$gateway', {
        allocationId: address.allocationId,
        subnetId,
        tags,
        dependsOn: [...dependsOn],
      });
      return { gatewayId: gateway.id, address: address.publicIp };
    });
    this.gatewayIds = made.map((one) => one.gatewayId);
    this.addresses = made.map((one) => one.address);
  }
}
