import { textAt, type ValueObject } from '../values.js';
import { arn, stableNumber } from './derived-names.js';
import { byAttributes, byNumber, numberedId, parentAt, refusedCall } from './overlay-aws-parts.js';
import { vpcMissing } from './overlay-aws-vpc.js';
import type { Identity, TypeOverlay } from './overlay-type.js';

const destinations = ['destination_cidr_block', 'destination_ipv6_cidr_block', 'destination_prefix_list_id'];
const targets = [
  'carrier_gateway_id',
  'core_network_arn',
  'egress_only_gateway_id',
  'gateway_id',
  'local_gateway_id',
  'nat_gateway_id',
  'network_interface_id',
  'transit_gateway_id',
  'vpc_endpoint_id',
  'vpc_peering_connection_id',
];

/** The main table of a VPC is no object of its own. */
const tableOf = (value: ValueObject) =>
  parentAt(value, 'route_table_id', 'aws_route_table', 'may be elsewhere');

function identifyRoute(value: ValueObject): Identity | undefined {
  const given = destinations.find((name) => textAt(value, name) !== undefined) ?? destinations[0] ?? '';
  const identity = byAttributes(value, ['route_table_id', given], '_');
  return identity && { ...identity, parent: tableOf(value) };
}

export const routeOverlays: Readonly<Record<string, TypeOverlay>> = {
  aws_route_table: {
    forceNew: ['vpc_id'],
    identify: (value) => byNumber(value, parentAt(value, 'vpc_id', 'aws_vpc')),
    compute: ({ value, run }) => {
      const id = numberedId(value, 'rtb');
      return {
        id,
        arn: arn(run, 'ec2', `route-table/${id}`),
        owner_id: run.accountId,
        propagating_vgws: [],
        region: run.region,
        route: [],
      };
    },
    parentMissing: ({ parent }) => vpcMissing('creating Route Table', 'CreateRouteTable')(parent?.objectId),
    heldBy: {
      types: ['aws_route_table_association'],
      refusal: ({ objectId }) =>
        refusedCall(
          `deleting Route Table (${objectId})`,
          'EC2',
          'DeleteRouteTable',
          `DependencyViolation: The routeTable '${objectId}' has dependencies and cannot be deleted.`,
        ),
    },
  },
  aws_route: {
    forceNew: ['route_table_id', ...destinations],
    identify: identifyRoute,
    compute: ({ value, run }) => {
      const { objectId = '' } = identifyRoute(value) ?? {};
      return {
        id: `r-${textAt(value, 'route_table_id')}${stableNumber(run, 2 ** 31, objectId)}`,
        instance_id: '',
        instance_owner_id: '',
        network_interface_id: '',
        origin: 'CreateRoute',
        region: run.region,
        state: 'active',
      };
    },
    faultsOf: (value) => {
      const faults: string[] = [];
      if (destinations.every((name) => (value[name] ?? null) === null))
        faults.push(`one of \`${destinations.join(',')}\` must be specified`);
      if (targets.every((name) => (value[name] ?? null) === null))
        faults.push(`one of \`${targets.join(',')}\` must be specified`);
      return faults;
    },
    alreadyExists: (value, { name }) =>
      refusedCall(
        `creating Route in Route Table (${textAt(value, 'route_table_id')}) with destination (${name})`,
        'EC2',
        'CreateRoute',
        `RouteAlreadyExists: The route identified by ${name} already exists.`,
      ),
  },
  aws_route_table_association: {
    forceNew: ['gateway_id', 'subnet_id'],
    identify: (value) => {
      const from = textAt(value, 'subnet_id') ?? textAt(value, 'gateway_id');
      const table = textAt(value, 'route_table_id');
      if (from === undefined || table === undefined) return undefined;
      return { objectId: `${from}/${table}`, naturalKey: from, name: from, parent: tableOf(value) };
    },
    compute: ({ value, run }) => ({ id: numberedId(value, 'rtbassoc'), region: run.region }),
    alreadyExists: (_value, { name }) =>
      refusedCall(
        'creating Route Table Association',
        'EC2',
        'AssociateRouteTable',
        `Resource.AlreadyAssociated: the specified association for ${name} conflicts with an existing association`,
      ),
  },
};
