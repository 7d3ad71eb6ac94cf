import { textAt, type ValueObject } from '../values.js';
import { arn, host, stableHex, stableNumber } from './derived-names.js';
import type { ComputeInput, Computed, TypeOverlay } from './overlay-type.js';

const groupName = /^[a-z](-?[a-z0-9])*$/;
const versions: Readonly<Record<string, string>> = { redis: '7.1', valkey: '8.0' };

const groupSize = ['num_cache_clusters', 'num_node_groups', 'replicas_per_node_group'];

const count = (value: ValueObject, name: string): number | undefined => {
  const held = value[name];
  return typeof held === 'number' ? held : undefined;
};

function replicationGroupValues({ value, run }: ComputeInput): Readonly<Record<string, Computed>> {
  const name = textAt(value, 'replication_group_id') ?? '';
  const engine = textAt(value, 'engine') ?? 'redis';
  const version = textAt(value, 'engine_version') ?? versions[engine] ?? '7.1';
  const groups = count(value, 'num_node_groups') ?? 1;
  const replicas = count(value, 'replicas_per_node_group') ?? (count(value, 'num_cache_clusters') ?? 1) - 1;
  const clustered = groups > 1;
  const endpoint = (kind: string) => host(run, 'cache', kind, name, stableHex(run, 6, 'cache-domain'));
  const hour = String(stableNumber(run, 22, 'window', name)).padStart(2, '0');
  const members = Array.from(
    { length: groups * (replicas + 1) },
    (_, i) => `${name}-${String(i + 1).padStart(3, '0')}`,
  );
  return {
    id: name,
    arn: arn(run, 'elasticache', `replicationgroup:${name}`),
    apply_immediately: null,
    at_rest_encryption_enabled: 'false',
    auto_minor_version_upgrade: 'true',
    cluster_enabled: clustered,
    cluster_mode: clustered ? 'enabled' : 'disabled',
    configuration_endpoint_address: clustered ? endpoint('clustercfg') : null,
    data_tiering_enabled: false,
    engine,
    engine_version: version,
    engine_version_actual: `${version}.0`,
    global_replication_group_id: null,
    ip_discovery: 'ipv4',
    maintenance_window: `sun:${hour}:00-sun:${hour}:59`,
    member_clusters: members,
    network_type: 'ipv4',
    node_type: 'cache.t4g.micro',
    num_cache_clusters: members.length,
    num_node_groups: groups,
    parameter_group_name: `default.${engine}${version.split('.')[0]}${clustered ? '.cluster.on' : ''}`,
    primary_endpoint_address: clustered ? null : endpoint('master'),
    reader_endpoint_address: clustered ? null : endpoint('replica'),
    region: run.region,
    replicas_per_node_group: replicas,
    security_group_ids: [],
    security_group_names: [],
    snapshot_window: `${hour}:00-${hour}:59`,
    subnet_group_name: 'default',
    transit_encryption_enabled: false,
    transit_encryption_mode: value['transit_encryption_enabled'] === true ? 'required' : '',
  };
}

function replicationGroupFaults(value: ValueObject): string[] {
  const faults: string[] = [];
  const name = textAt(value, 'replication_group_id');
  if (name !== undefined && (!groupName.test(name.toLowerCase()) || name.length > 40))
    faults.push(
      `replication_group_id "${name}": at most 40 letters, digits and single hyphens, first character a letter`,
    );
  const token = textAt(value, 'auth_token');
  if (token !== undefined && !/^[^\s@"/]{16,128}$/.test(token))
    faults.push('auth_token: 16 to 128 printable characters, without "@", \'"\' and "/"');
  if (token !== undefined && value['transit_encryption_enabled'] === false)
    faults.push('auth_token: needs transit_encryption_enabled = true');
  if (value['automatic_failover_enabled'] === true && count(value, 'num_cache_clusters') === 1)
    faults.push('"num_cache_clusters": must be at least 2 if automatic_failover_enabled is true');
  return faults;
}

export const cacheOverlays: Readonly<Record<string, TypeOverlay>> = {
  aws_elasticache_replication_group: {
    sensitive: ['auth_token'],
    forceNew: [
      'replication_group_id',
      'at_rest_encryption_enabled',
      'data_tiering_enabled',
      'global_replication_group_id',
      'kms_key_id',
      'network_type',
      'port',
      'security_group_names',
      'snapshot_arns',
      'snapshot_name',
      'subnet_group_name',
    ],
    defaults: { port: 6379, auth_token_update_strategy: 'ROTATE' },
    unknownWhen: {
      cluster_enabled: groupSize,
      cluster_mode: groupSize,
      configuration_endpoint_address: groupSize,
      engine_version_actual: ['engine_version', 'engine'],
      member_clusters: groupSize,
      parameter_group_name: ['engine_version', 'engine'],
      primary_endpoint_address: ['num_node_groups'],
      reader_endpoint_address: ['num_node_groups'],
      num_cache_clusters: ['num_node_groups', 'replicas_per_node_group'],
      replicas_per_node_group: ['num_cache_clusters'],
      transit_encryption_mode: ['transit_encryption_enabled'],
    },
    identify: (value) => {
      const name = textAt(value, 'replication_group_id');
      return name === undefined ? undefined : { objectId: name, name };
    },
    compute: replicationGroupValues,
    faultsOf: replicationGroupFaults,
    alreadyExists: (_value, { name }) =>
      `creating ElastiCache Replication Group (${name}): operation error ElastiCache: CreateReplicationGroup, https ` +
      `response error StatusCode: 400, ReplicationGroupAlreadyExists: Replication group with ID ${name} already exists`,
  },
  aws_elasticache_subnet_group: {
    forceNew: ['name'],
    defaults: { description: 'Managed by Terraform' },
    identify: (value) => {
      const name = textAt(value, 'name');
      return name === undefined ? undefined : { objectId: name, name };
    },
    compute: ({ value, run }) => {
      const name = textAt(value, 'name') ?? '';
      return {
        id: name,
        arn: arn(run, 'elasticache', `subnetgroup:${name}`),
        region: run.region,
        vpc_id: `vpc-${stableHex({ ...run, environmentId: run.accountId }, 17, run.region, 'default-vpc')}`,
      };
    },
    alreadyExists: (_value, { name }) =>
      `creating ElastiCache Subnet Group (${name}): operation error ElastiCache: CreateCacheSubnetGroup, https response ` +
      `error StatusCode: 400, CacheSubnetGroupAlreadyExists: Cache subnet group ${name} already exists.`,
  },
};
