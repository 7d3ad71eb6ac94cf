import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { Endpoints } from '../aws/network-endpoints.js';
import { FlowLogs } from '../aws/network-flow-logs.js';
import { Nat } from '../aws/network-nat.js';
import { PrivateSubnets } from '../aws/network-private-subnets.js';
import { PublicSubnets, type ZoneRange } from '../aws/network-public-subnets.js';
import { Vpc } from '../aws/network-vpc.js';
import type { PlatformContext } from './context.js';
import { subnetRanges } from './spec-cidr.js';
import { defaultZones } from './spec-zones.js';

export interface NetworkProps {
  readonly context: PlatformContext;
  readonly keyArn: string;
}

/** Where nodes and data services are put, whether it was made here or given. */
export interface NetworkPlace {
  readonly vpcId: string;
  readonly vpcCidr: string;
  readonly privateSubnetIds: readonly string[];
  /** Empty where load balancers can only be internal. */
  readonly publicSubnetIds: readonly string[];
  readonly ready: readonly ITerraformDependable[];
}

/** Services that nodes call: images, logs, tokens, load balancers, volumes, secrets. */
const nodeServices = [
  'ec2',
  'ecr.api',
  'ecr.dkr',
  'eks',
  'elasticloadbalancing',
  'kms',
  'logs',
  'secretsmanager',
  'sts',
];

/** The network that a spec names instead of a new one. */
export function givenNetwork({ spec }: PlatformContext): NetworkPlace | undefined {
  const { existing } = spec.network;
  if (existing === undefined) return undefined;
  return {
    vpcId: existing.vpc_id,
    vpcCidr: existing.vpc_cidr,
    privateSubnetIds: existing.private_subnet_ids,
    publicSubnetIds: existing.public_subnet_ids,
    ready: [],
  };
}

/** A VPC over several zones: a private and a public subnet in each, ways out, ways to AWS, flow logs. */
export class Network extends Construct implements NetworkPlace {
  readonly vpcId: string;
  readonly vpcCidr: string;
  readonly privateSubnetIds: readonly string[];
  readonly publicSubnetIds: readonly string[];
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, { context, keyArn }: NetworkProps) {
    super(scope, id);
    const { input, spec, names } = context;
    const { cidr = '10.0.0.0/16', nat, endpoints, flow_logs: flowLogs, log_days: keptDays } = spec.network;
    const name = names.base;
    const zones = zonesOf(context, cidr);
    const { vpcId, gatewayId } = new Vpc(this, '$vpc', { name, cidr });
    const open = new PublicSubnets(this, 'public', { name, vpcId, gatewayId, zones: zones.public });
    const keys = zones.public.slice(0, { none: 0, single: 1, per_zone: zones.public.length }[nat]);
    const gateways = new Nat(this, 'nat', {
      name,
      places: keys.flatMap(({ key }, index) => {
        const subnetId = open.subnetIds[index];
        return subnetId === undefined ? [] : [{ key, subnetId }];
      }),
      dependsOn: open.ready,
    });
    const inner = new PrivateSubnets(this, 'private', {
      name,
      vpcId,
      zones: zones.private,
      natIds: gateways.gatewayIds,
    });
    if (endpoints !== 'none')
      new Endpoints(this, 'endpoint', {
        name,
        region: input.region,
        vpcId,
        vpcCidr: cidr,
        subnetIds: inner.subnetIds,
        routeTableIds: inner.routeTableIds,
        services: endpoints === 'private' ? nodeServices : [],
      });
    if (flowLogs)
      new FlowLogs(this, 'flow-logs', { name, vpcId, accountId: input.cloud_account_id, keyArn, keptDays });
    this.vpcId = vpcId;
    this.vpcCidr = cidr;
    this.privateSubnetIds = inner.subnetIds;
    this.publicSubnetIds = open.subnetIds;
    this.ready = inner.ready;
  }
}

function zonesOf({ input, spec }: PlatformContext, cidr: string) {
  const { zones: count, zone_names: named } = spec.network;
  const zones = named ?? defaultZones(input.region, count);
  if (zones === undefined) throw new Error(`network.zone_names: is required in ${input.region}`);
  const ranges = subnetRanges(cidr, count);
  const at = (list: readonly string[]): ZoneRange[] =>
    zones.map((zone, index) => ({ key: zone.slice(-1), zone, cidr: list[index] ?? '' }));
  return { private: at(ranges.private), public: at(ranges.public) };
}
