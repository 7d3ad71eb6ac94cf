import { textAt } from '../values.js';
import { arn, stableHex, stableNumber } from './derived-names.js';
import { byNumber, numberedId, parentAt, publicAddress, refusedCall } from './overlay-aws-parts.js';
import { vpcMissing } from './overlay-aws-vpc.js';
import type { TypeOverlay } from './overlay-type.js';

export const gatewayOverlays: Readonly<Record<string, TypeOverlay>> = {
  aws_internet_gateway: {
    identify: (value) => byNumber(value, parentAt(value, 'vpc_id', 'aws_vpc')),
    compute: ({ value, run }) => {
      const id = numberedId(value, 'igw');
      return {
        id,
        arn: arn(run, 'ec2', `internet-gateway/${id}`),
        owner_id: run.accountId,
        region: run.region,
        vpc_id: '',
      };
    },
    parentMissing: ({ parent }) =>
      vpcMissing('attaching EC2 Internet Gateway', 'AttachInternetGateway')(parent?.objectId),
  },
  aws_eip: {
    forceNew: [
      'address',
      'customer_owned_ipv4_pool',
      'domain',
      'ipam_pool_id',
      'network_border_group',
      'public_ipv4_pool',
    ],
    identify: (value) => byNumber(value),
    compute: ({ value, run }) => {
      const id = numberedId(value, 'eipalloc');
      const address = publicAddress(run, id);
      return {
        id,
        allocation_id: id,
        arn: arn(run, 'ec2', `elastic-ip/${id}`),
        association_id: '',
        domain: 'vpc',
        instance: '',
        network_border_group: run.region,
        network_interface: '',
        private_ip: '',
        public_dns: `ec2-${address.replaceAll('.', '-')}.${run.region}.ec2.sandbox.invalid`,
        public_ip: address,
        public_ipv4_pool: 'amazon',
        region: run.region,
      };
    },
  },
  aws_nat_gateway: {
    forceNew: [
      'allocation_id',
      'availability_mode',
      'connectivity_type',
      'private_ip',
      'subnet_id',
      'vpc_id',
    ],
    defaults: { connectivity_type: 'public' },
    identify: (value) => byNumber(value, parentAt(value, 'subnet_id', 'aws_subnet')),
    compute: ({ value, run }) => {
      const id = numberedId(value, 'nat');
      const allocation = textAt(value, 'allocation_id');
      return {
        id,
        association_id: allocation ? `eipassoc-${stableHex(run, 17, id)}` : '',
        availability_mode: 'zonal',
        network_interface_id: `eni-${stableHex(run, 17, id)}`,
        private_ip: `10.0.0.${stableNumber(run, 250, id) + 4}`,
        public_ip: allocation ? publicAddress(run, allocation) : '',
        region: run.region,
        regional_nat_gateway_address: [],
        secondary_allocation_ids: [],
        secondary_private_ip_address_count: 0,
        secondary_private_ip_addresses: [],
        vpc_id: '',
      };
    },
    parentMissing: ({ parent }) =>
      refusedCall(
        'creating EC2 NAT Gateway',
        'EC2',
        'CreateNatGateway',
        `InvalidSubnetID.NotFound: The subnet ID '${parent?.objectId}' does not exist`,
      ),
  },
};
