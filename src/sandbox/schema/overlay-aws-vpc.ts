import { textAt, type ValueObject } from '../values.js';
import { arn, stableHex, stableNumber } from './derived-names.js';
import { byNumber, numberedId, parentAt, refusedCall } from './overlay-aws-parts.js';
import type { TypeOverlay } from './overlay-type.js';
import type { SandboxRun } from '../sandbox-run.js';

/** The security group that every VPC comes with. */
const defaultGroupOf = (run: SandboxRun, vpcId: string) => `sg-${stableHex(run, 17, 'default-sg', vpcId)}`;

const cidr = /^(\d{1,3}\.){3}\d{1,3}\/(\d{1,2})$/;

/** A network of AWS may have between 16 and 65,536 addresses. */
function cidrFaults(value: ValueObject): string[] {
  const block = textAt(value, 'cidr_block');
  if (block === undefined) return [];
  const bits = Number(cidr.exec(block)?.[2] ?? 'NaN');
  return bits >= 16 && bits <= 28 ? [] : [`cidr_block "${block}": an IPv4 network of /16 to /28 is required`];
}

export const vpcMissing = (doing: string, call: string) => (id: string | undefined) =>
  refusedCall(doing, 'EC2', call, `InvalidVpcID.NotFound: The vpc ID '${id}' does not exist`);

export const vpcOverlays: Readonly<Record<string, TypeOverlay>> = {
  aws_vpc: {
    forceNew: ['cidr_block', 'instance_tenancy', 'ipv4_ipam_pool_id', 'ipv4_netmask_length'],
    defaults: { enable_dns_support: true, instance_tenancy: 'default' },
    identify: (value) => byNumber(value),
    compute: ({ value, run }) => {
      const id = numberedId(value, 'vpc');
      const table = `rtb-${stableHex(run, 17, 'main-table', id)}`;
      return {
        id,
        arn: arn(run, 'ec2', `vpc/${id}`),
        cidr_block: '10.0.0.0/16',
        default_network_acl_id: `acl-${stableHex(run, 17, 'acl', id)}`,
        default_route_table_id: table,
        default_security_group_id: defaultGroupOf(run, id),
        dhcp_options_id: `dopt-${stableHex({ ...run, environmentId: run.accountId }, 17, run.region)}`,
        enable_dns_hostnames: false,
        enable_network_address_usage_metrics: false,
        ipv6_association_id: '',
        ipv6_cidr_block: '',
        ipv6_cidr_block_network_border_group: '',
        main_route_table_id: table,
        owner_id: run.accountId,
        region: run.region,
      };
    },
    faultsOf: cidrFaults,
    heldBy: {
      types: [
        'aws_internet_gateway',
        'aws_route_table',
        'aws_security_group',
        'aws_subnet',
        'aws_vpc_endpoint',
      ],
      refusal: ({ objectId }) =>
        refusedCall(
          `deleting EC2 VPC (${objectId})`,
          'EC2',
          'DeleteVpc',
          `DependencyViolation: The vpc '${objectId}' has dependencies and cannot be deleted.`,
        ),
    },
  },
  aws_default_security_group: {
    forceNew: ['vpc_id'],
    defaults: { revoke_rules_on_delete: false },
    identify: (value) => byNumber(value, parentAt(value, 'vpc_id', 'aws_vpc', 'may be elsewhere')),
    compute: ({ value, run }) => {
      const id = defaultGroupOf(run, textAt(value, 'vpc_id') ?? 'default');
      return {
        id,
        arn: arn(run, 'ec2', `security-group/${id}`),
        description: 'default VPC security group',
        egress: [],
        ingress: [],
        name: 'default',
        name_prefix: '',
        owner_id: run.accountId,
        region: run.region,
        vpc_id: `vpc-${stableHex({ ...run, environmentId: run.accountId }, 17, run.region, 'default-vpc')}`,
      };
    },
  },
  aws_subnet: {
    forceNew: [
      'availability_zone',
      'availability_zone_id',
      'cidr_block',
      'ipv6_native',
      'outpost_arn',
      'vpc_id',
    ],
    defaults: {
      assign_ipv6_address_on_creation: false,
      enable_dns64: false,
      enable_resource_name_dns_a_record_on_launch: false,
      enable_resource_name_dns_aaaa_record_on_launch: false,
      ipv6_native: false,
      map_public_ip_on_launch: false,
    },
    identify: (value) => {
      const identity = byNumber(value, parentAt(value, 'vpc_id', 'aws_vpc'));
      const block = textAt(value, 'cidr_block');
      return block ? { ...identity, naturalKey: `${textAt(value, 'vpc_id')}/${block}` } : identity;
    },
    compute: ({ value, run }) => {
      const id = numberedId(value, 'subnet');
      const zone = stableNumber(run, 3, 'zone', textAt(value, 'cidr_block') ?? '');
      return {
        id,
        arn: arn(run, 'ec2', `subnet/${id}`),
        availability_zone: `${run.region}${'abc'[zone]}`,
        availability_zone_id: zoneId(run.region, textAt(value, 'availability_zone') ?? 'abc'[zone]),
        ipv6_cidr_block_association_id: '',
        owner_id: run.accountId,
        private_dns_hostname_type_on_launch: 'ip-name',
        region: run.region,
      };
    },
    faultsOf: cidrFaults,
    alreadyExists: (value) =>
      refusedCall(
        'creating EC2 Subnet',
        'EC2',
        'CreateSubnet',
        `InvalidSubnet.Conflict: The CIDR '${textAt(value, 'cidr_block')}' conflicts with another subnet`,
      ),
    parentMissing: ({ parent }) => vpcMissing('creating EC2 Subnet', 'CreateSubnet')(parent?.objectId),
    heldBy: {
      types: ['aws_nat_gateway'],
      refusal: ({ objectId }) =>
        refusedCall(
          `deleting EC2 Subnet (${objectId})`,
          'EC2',
          'DeleteSubnet',
          `DependencyViolation: The subnet '${objectId}' has dependencies and cannot be deleted.`,
        ),
    },
  },
};

/** The id of a zone that means the same in every account: `euc1-az1` for `eu-central-1a`. */
export function zoneId(region: string, zone = 'a'): string {
  const [area = '', direction = '', number = ''] = region.split('-');
  return `${area}${direction.charAt(0)}${number}-az${zone.charCodeAt(zone.length - 1) - 96}`;
}
