import { textAt, type ValueObject } from '../values.js';
import { arn, stableHex, stableNumber } from './derived-names.js';
import { byAttributes, byNumber, countAt, numberedId, parentAt } from './overlay-aws-parts.js';
import type { ComputeInput, Computed, TypeOverlay } from './overlay-type.js';

const isInterface = (value: ValueObject) => textAt(value, 'vpc_endpoint_type') === 'Interface';

function endpointValues({ value, run }: ComputeInput): Readonly<Record<string, Computed>> {
  const id = numberedId(value, 'vpce');
  const service = textAt(value, 'service_name') ?? '';
  const own = isInterface(value);
  const subnets = countAt(value, 'subnet_ids');
  const networkInterfaces = Array.from(
    { length: own ? subnets : 0 },
    (_, i) => `eni-${stableHex(run, 17, id, String(i))}`,
  );
  return {
    id,
    arn: arn(run, 'ec2', `vpc-endpoint/${id}`),
    cidr_blocks: own ? [] : ['198.51.100.0/24'],
    dns_entry: own
      ? [
          {
            dns_name: `${id}.${service.split('.').at(-1)}.${run.region}.vpce.sandbox.invalid`,
            hosted_zone_id: `Z${stableHex(run, 13, 'vpce-zone').toUpperCase()}`,
          },
        ]
      : [],
    'dns_options.dns_record_ip_type': 'ipv4',
    ip_address_type: 'ipv4',
    network_interface_ids: networkInterfaces,
    owner_id: run.accountId,
    policy:
      '{"Statement":[{"Action":"*","Effect":"Allow","Principal":"*","Resource":"*"}],"Version":"2008-10-17"}',
    prefix_list_id: own ? null : `pl-${stableHex({ ...run, environmentId: 'aws' }, 8, service)}`,
    private_dns_enabled: false,
    region: run.region,
    requester_managed: false,
    route_table_ids: [],
    security_group_ids: [],
    service_region: run.region,
    state: 'available',
    subnet_ids: [],
  };
}

export const endpointOverlays: Readonly<Record<string, TypeOverlay>> = {
  aws_vpc_endpoint: {
    forceNew: [
      'resource_configuration_arn',
      'service_name',
      'service_network_arn',
      'service_region',
      'vpc_endpoint_type',
      'vpc_id',
    ],
    defaults: { vpc_endpoint_type: 'Gateway' },
    identify: (value) => byNumber(value, parentAt(value, 'vpc_id', 'aws_vpc', 'may be elsewhere')),
    compute: endpointValues,
  },
  aws_vpc_endpoint_route_table_association: {
    forceNew: ['route_table_id', 'vpc_endpoint_id'],
    identify: (value) => {
      const identity = byAttributes(value, ['vpc_endpoint_id', 'route_table_id'], '/');
      const parent = parentAt(value, 'vpc_endpoint_id', 'aws_vpc_endpoint', 'may be elsewhere');
      return identity && { ...identity, parent };
    },
    compute: ({ value, run }) => ({
      id: `a-${textAt(value, 'vpc_endpoint_id')}${stableNumber(run, 2 ** 31, textAt(value, 'route_table_id') ?? '')}`,
      region: run.region,
    }),
  },
};
