import { blueprint } from '../../../stacks/platform/blueprint.js';
import { merged, type Kit } from './kit.js';

const given = {
  vpc_id: 'vpc-0a1b2c3d',
  vpc_cidr: '10.0.0.0/16',
  private_subnet_ids: ['subnet-0a1b2c3d', 'subnet-0a1b2c3e'],
  public_subnet_ids: ['subnet-0a1b2c4d', 'subnet-0a1b2c4e'],
};
const off = {
  metrics_server: { enabled: false },
  cert_manager: { enabled: false },
  ingress_nginx: { enabled: false },
};
const open = { endpoint: 'public_and_private', allowed_cidrs: ['203.0.113.0/24'] };
const role = 'arn:aws:iam::123456789012:role/ops/plan-only';

const first = {
  network: { zones: 2 },
  cluster: { ...open, access: [{ role_arn: role, level: 'admin_view' }] },
  database: { size: 'small', final_snapshot: false },
  cache: { size: 'small' },
  bucket: { prefix: 'shop', delete_objects: true },
  domain: 'shop.example.com',
  release: { repository: 'https://charts.example.com', chart: 'shop', version: '1.0.0' },
};
export const platformKit: Kit = {
  blueprint,
  base: {},
  parameters: {
    place: {
      new: {},
      range: { network: { cidr: '172.16.64.0/18' } },
      network: { network: { existing: given } },
      both: { network: { existing: given }, cluster: { existing: { name: 'shared' } } },
    },
    zones: { three: {}, two: { network: { zones: 2 } } },
    ways: {
      single: {},
      per_zone: { network: { nat: 'per_zone', endpoints: 'none' } },
      private: { network: { endpoints: 'private' } },
      closed: { network: { nat: 'none', endpoints: 'private' }, baseline: off },
    },
    logs: { on: {}, off: { network: { flow_logs: false } }, long: { network: { log_days: 365 } } },
    cluster: {
      small: {},
      medium: { cluster: { profile: 'medium', version: '1.33' } },
      large: { cluster: { profile: 'large', min_nodes: 6, max_nodes: 20, deletion_protection: true } },
    },
    endpoint: { private: {}, open: { cluster: open } },
    gpu: {
      none: {},
      some: { cluster: { gpu: { instance: 'g5.xlarge', max: 2 } } },
      bare: {
        cluster: { gpu: { instance: 'g4dn.xlarge', min: 1 } },
        baseline: { gpu_plugin: { enabled: false } },
      },
    },
    access: { creator: {}, plan: { cluster: { access: [{ role_arn: role, level: 'admin_view' }] } } },
    database: {
      none: {},
      small: { database: { size: 'small' } },
      ha: {
        database: {
          size: 'large',
          multi_az: true,
          storage_gb: 100,
          max_storage_gb: 1000,
          deletion_protection: true,
        },
      },
    },
    cache: { none: {}, single: { cache: { size: 'small' } }, ha: { cache: { size: 'large', ha: true } } },
    bucket: {
      none: {},
      plain: { bucket: {} },
      all: { bucket: { prefix: 'shop', versioning: false, expire_days: 30, delete_objects: true } },
    },
    baseline: {
      default: {},
      all: { baseline: { external_secrets: { enabled: true } } },
      none: { baseline: off },
    },
    release: {
      none: {},
      chart: { release: first.release },
      domain: {
        release: first.release,
        domain: first.domain,
        baseline: { ingress_nginx: { enabled: true } },
      },
    },
  },
  everything: merged(first, {
    network: { zones: 3, nat: 'per_zone', endpoints: 'private' },
    cluster: { gpu: { instance: 'g5.xlarge', max: 2 } },
    bucket: { expire_days: 90 },
    baseline: { external_secrets: { enabled: true } },
  }),
  lives: [
    {
      name: 'everything new',
      first,
      then: merged(first, {
        network: { log_days: 90 },
        cluster: { profile: 'medium', version: '1.35' },
        database: { size: 'medium', multi_az: true, storage_gb: 40 },
        cache: { ha: true },
        bucket: { expire_days: 30 },
        release: { version: '1.1.0' },
      }),
      changed: {
        'aws_cloudwatch_log_group.cluster': 'update',
        'aws_cloudwatch_log_group.network_flow_logs': 'update',
        'aws_db_instance.database': 'update',
        'aws_eks_cluster.cluster': 'update',
        'aws_eks_node_group.cluster_general': 'update',
        'aws_elasticache_replication_group.cache': 'update',
        'aws_launch_template.cluster_general': 'update',
        'aws_s3_bucket_lifecycle_configuration.bucket': 'update',
        'helm_release.app': 'update',
      },
    },
    {
      name: 'a third zone and GPU workers',
      first: { network: { zones: 2 }, baseline: off },
      then: {
        network: { zones: 3 },
        cluster: { gpu: { instance: 'g5.xlarge' } },
        baseline: { ...off, gpu_plugin: { enabled: false } },
      },
      changed: {
        'aws_eks_cluster.cluster': 'update',
        'aws_eks_node_group.cluster_general': 'create+delete',
        'aws_eks_node_group.cluster_gpu': 'create',
        'aws_launch_template.cluster_gpu': 'create',
        'aws_route.network_private_c': 'create',
        'aws_route_table.network_private_c': 'create',
        'aws_route_table_association.network_private_c': 'create',
        'aws_route_table_association.network_public_c': 'create',
        'aws_subnet.network_private_c': 'create',
        'aws_subnet.network_public_c': 'create',
        'aws_vpc_endpoint.network_endpoint_s3': 'update',
      },
    },
  ],
};
