import { grant, lists, type Grant, type NeedsTable } from './grant.js';
import type { ResourceKind } from './resource-kinds.js';

const tags =
  (service: string) =>
  (kind: ResourceKind): Grant[] => [
    grant(service, kind, 'tagged', 'AddTagsToResource'),
    grant(service, kind, 'retagged', 'AddTagsToResource'),
    grant(service, kind, 'ours', 'RemoveTagsFromResource'),
  ];
const rdsTags = tags('rds');
const cacheTags = tags('elasticache');
const cache = (
  on: ResourceKind | readonly ResourceKind[],
  when: Grant['when'],
  ...names: readonly string[]
) => grant('elasticache', on, when, ...names);

/** Their key may be the customer's own (`kms_key_arn` of the spec). */
const encryption = grant(
  'kms',
  'key',
  'through_data_services',
  'CreateGrant',
  'Decrypt',
  'DescribeKey',
  'GenerateDataKey',
);
const serviceLinked = grant('iam', 'service-linked-role', 'service_linked', 'CreateServiceLinkedRole');

/** Managed databases and caches. */
export const dataNeeds = {
  aws_db_instance: {
    read: [lists('rds', 'DescribeDBInstances'), grant('rds', 'db', 'always', 'ListTagsForResource')],
    write: [
      grant('rds', ['db', 'pg', 'subgrp', 'og'], 'made', 'CreateDBInstance'),
      grant('rds', ['db', 'pg', 'subgrp'], 'ours', 'ModifyDBInstance'),
      grant('rds', 'db', 'ours', 'DeleteDBInstance'),
      grant('rds', 'auto-backup', 'ours', 'DeleteDBInstanceAutomatedBackup'),
      // The last snapshot, `<name>-final`.
      grant('rds', ['db', 'snapshot'], 'always', 'CreateDBSnapshot'),
      ...rdsTags('db'),
      grant('rds', 'snapshot', 'tagged', 'AddTagsToResource'),
      // RDS makes the password and keeps it, in the name of its caller (Amazon RDS user guide, "Password management").
      grant('secretsmanager', 'rds-secret', 'always', 'CreateSecret', 'TagResource'),
      encryption,
      serviceLinked,
    ],
  },
  aws_db_parameter_group: {
    read: [
      lists('rds', 'DescribeDBParameterGroups', 'DescribeDBParameters'),
      grant('rds', 'pg', 'always', 'ListTagsForResource'),
    ],
    write: [
      grant('rds', 'pg', 'made', 'CreateDBParameterGroup'),
      grant('rds', 'pg', 'ours', 'ModifyDBParameterGroup', 'ResetDBParameterGroup', 'DeleteDBParameterGroup'),
      ...rdsTags('pg'),
    ],
  },
  aws_db_subnet_group: {
    read: [lists('rds', 'DescribeDBSubnetGroups'), grant('rds', 'subgrp', 'always', 'ListTagsForResource')],
    write: [
      grant('rds', 'subgrp', 'made', 'CreateDBSubnetGroup'),
      grant('rds', 'subgrp', 'ours', 'ModifyDBSubnetGroup', 'DeleteDBSubnetGroup'),
      ...rdsTags('subgrp'),
    ],
  },
  aws_elasticache_replication_group: {
    read: [
      cache('replicationgroup', 'always', 'DescribeReplicationGroups', 'ListTagsForResource'),
      cache('cache-cluster', 'always', 'DescribeCacheClusters', 'ListTagsForResource'),
    ],
    write: [
      cache('replicationgroup', 'made', 'CreateReplicationGroup'),
      cache(['cache-cluster', 'parametergroup', 'subnetgroup'], 'always', 'CreateReplicationGroup'),
      cache(
        'replicationgroup',
        'ours',
        'ModifyReplicationGroup',
        'IncreaseReplicaCount',
        'DecreaseReplicaCount',
        'DeleteReplicationGroup',
      ),
      cache('parametergroup', 'always', 'ModifyReplicationGroup'),
      ...cacheTags('replicationgroup'),
      ...cacheTags('cache-cluster'),
      encryption,
      serviceLinked,
    ],
  },
  aws_elasticache_subnet_group: {
    read: [cache('subnetgroup', 'always', 'DescribeCacheSubnetGroups', 'ListTagsForResource')],
    write: [
      cache('subnetgroup', 'made', 'CreateCacheSubnetGroup'),
      cache('subnetgroup', 'ours', 'ModifyCacheSubnetGroup', 'DeleteCacheSubnetGroup'),
      ...cacheTags('subnetgroup'),
    ],
  },
  aws_elasticache_user: {
    read: [cache('user', 'always', 'DescribeUsers', 'ListTagsForResource')],
    write: [
      cache('user', 'made', 'CreateUser'),
      cache('user', 'ours', 'ModifyUser', 'DeleteUser'),
      ...cacheTags('user'),
    ],
  },
  aws_elasticache_user_group: {
    read: [cache('usergroup', 'always', 'DescribeUserGroups', 'ListTagsForResource')],
    write: [
      cache('usergroup', 'made', 'CreateUserGroup'),
      cache('user', 'always', 'CreateUserGroup'),
      cache(['user', 'usergroup'], 'ours', 'ModifyUserGroup'),
      cache('usergroup', 'ours', 'DeleteUserGroup'),
      ...cacheTags('usergroup'),
    ],
  },
  aws_elasticache_serverless_cache: {
    read: [cache('serverlesscache', 'always', 'DescribeServerlessCaches', 'ListTagsForResource')],
    write: [
      cache('serverlesscache', 'made', 'CreateServerlessCache'),
      cache('usergroup', 'always', 'CreateServerlessCache'),
      cache(['serverlesscache', 'usergroup'], 'ours', 'ModifyServerlessCache'),
      cache('serverlesscache', 'ours', 'DeleteServerlessCache'),
      ...cacheTags('serverlesscache'),
      // As in AWS's own AmazonElastiCacheFullAccess; network and subnets may be the customer's own.
      grant('ec2', 'vpc-endpoint', 'of_elasticache', 'CreateVpcEndpoint'),
      grant('ec2', ['vpc', 'subnet', 'security-group'], 'always', 'CreateVpcEndpoint'),
      grant('ec2', 'vpc-endpoint', 'tagged_by_elasticache', 'CreateTags'),
      encryption,
      serviceLinked,
    ],
  },
} as const satisfies NeedsTable;
