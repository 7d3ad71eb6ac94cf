import { blueprint } from '../../../stacks/platform/blueprint.js';
import { merged, type Kit } from './kit.js';

const given = {
  vpc_id: 'vpc-0a1b2c3d',
  vpc_cidr: '10.0.0.0/16',
  private_subnet_ids: ['subnet-0a1b2c3d', 'subnet-0a1b2c3e'],
  public_subnet_ids: ['subnet-0a1b2c4d', 'subnet-0a1b2c4e'],
};
const small = { network: { zones: 2, nat: 'single' }, bucket: { prefix: 'shop' } };

export const platformKit: Kit = {
  blueprint,
  base: {},
  parameters: {
    network: {
      new: {},
      range: { network: { cidr: '172.16.64.0/18' } },
      existing: { network: { existing: given } },
    },
    zones: { three: {}, two: { network: { zones: 2 } } },
    nat: { single: {}, per_zone: { network: { nat: 'per_zone' } } },
    endpoints: {
      s3: {},
      private: { network: { endpoints: 'private' } },
      none: { network: { endpoints: 'none' } },
    },
    flow_logs: { on: {}, off: { network: { flow_logs: false } }, long: { network: { log_days: 365 } } },
    bucket: {
      none: {},
      plain: { bucket: {} },
      all: { bucket: { prefix: 'shop', versioning: false, expire_days: 30, delete_objects: true } },
    },
  },
  everything: {
    network: { nat: 'per_zone', endpoints: 'private' },
    bucket: { prefix: 'shop', expire_days: 90 },
  },
  lives: [
    {
      name: 'network and bucket',
      first: small,
      then: merged(small, { network: { zones: 3, log_days: 90 }, bucket: { expire_days: 30 } }),
      changed: {
        'aws_cloudwatch_log_group.network_flow_logs': 'update',
        'aws_s3_bucket_lifecycle_configuration.bucket': 'update',
        'aws_vpc_endpoint.network_endpoint_s3': 'update',
        ...Object.fromEntries(
          ['subnet', 'route_table_association'].flatMap((type) =>
            ['private', 'public'].map((kind) => [`aws_${type}.network_${kind}_c`, 'create']),
          ),
        ),
        'aws_route.network_private_c': 'create',
        'aws_route_table.network_private_c': 'create',
      },
    },
  ],
};
