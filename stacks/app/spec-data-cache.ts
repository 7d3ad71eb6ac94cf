import { z } from 'zod';
import { namespaceName, shortName } from '../../src/spec/names.js';
import { days, instance, kmsKeyArn, port, resources, sharedServer, size } from './spec-data.js';

const administrator = z.strictObject({
  namespace: namespaceName.describe(
    'namespace in which the job runs that makes the user; never one of a tenant',
  ),
  secret: shortName.describe(
    'existing Secret there that holds the password of an administrator of the server',
  ),
  key: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,100}$/, 'must be a key of a Secret')
    .default('password')
    .describe('key within the Secret'),
  user: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,100}$/, 'must be the name of a user')
    .default('default')
    .describe('name of the administrator'),
});

const sharedCacheServer = z.strictObject({
  ...sharedServer,
  port: port(6379),
  tls: z.boolean().default(true).describe('whether the server speaks TLS'),
  database: z
    .int({ error: 'must be a whole number' })
    .min(0, 'must be at least 0')
    .max(15, 'must be at most 15')
    .default(0)
    .describe('number of the logical database'),
  administrator,
});

export const cache = z.strictObject({
  mode: z
    .enum(['in_cluster', 'elasticache', 'shared_namespace', 'none'], {
      error: 'must be one of in_cluster, elasticache, shared_namespace, none',
    })
    .default('in_cluster')
    .describe('where the cache (Valkey, speaks the Redis protocol) runs'),
  size,
  resources,
  instance: instance('elasticache', 'cache.m7g.large').describe(
    'node type instead of that of size (elasticache)',
  ),
  deployment: z
    .enum(['replication_group', 'serverless'], { error: 'must be one of replication_group, serverless' })
    .default('replication_group')
    .describe('nodes of a size, or capacity as needed up to a limit of the size (elasticache)'),
  replicas: z
    .int({ error: 'must be a whole number' })
    .min(0)
    .max(5)
    .default(0)
    .describe('read replicas with automatic failover (elasticache)'),
  snapshot_days: days(0).default(0).describe('days that daily snapshots are kept; 0: none (elasticache)'),
  kms_key_arn: kmsKeyArn.describe(
    'key of the encryption at rest; default: the key of the account (elasticache)',
  ),
  shared_server: sharedCacheServer
    .optional()
    .describe('the Valkey server of many tenants (shared_namespace)'),
});
