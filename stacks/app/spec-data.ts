import { z } from 'zod';
import { dataSizes } from '../../src/spec/sizes.js';

const size = z.enum(dataSizes, { error: 'must be one of small, medium, large' }).default('small');

export const database = z.strictObject({
  mode: z
    .enum(['in_cluster', 'rds', 'none'], { error: 'must be one of in_cluster, rds, none' })
    .default('in_cluster')
    .describe('where the database runs'),
  engine: z.literal('postgres', { error: 'must be "postgres"' }).default('postgres'),
  version: z.enum(['15', '16', '17'], { error: 'must be one of "15", "16", "17"' }).default('17'),
  size: size.describe('small, medium or large'),
  storage_gb: z
    .int()
    .min(1, 'must be at least 1')
    .max(16_384, 'must be at most 16384')
    .optional()
    .describe('storage; default 10 in_cluster, 20 rds'),
  multi_az: z.boolean().default(false).describe('a standby in a second zone (rds)'),
  backup_days: z
    .int()
    .min(1, 'must be at least 1')
    .max(35, 'must be at most 35')
    .default(7)
    .describe('days that backups are kept (rds)'),
  deletion_protection: z.boolean().default(false).describe('AWS refuses to delete it (rds)'),
  final_snapshot: z.boolean().default(true).describe('a last snapshot is taken at deletion (rds)'),
  kms_key_arn: z
    .string()
    .regex(/^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]+$/, 'must be the ARN of a KMS key')
    .optional()
    .describe('key of the encryption at rest; default: the key of the account (rds)'),
});

export const cache = z.strictObject({
  mode: z
    .enum(['in_cluster', 'elasticache', 'none'], { error: 'must be one of in_cluster, elasticache, none' })
    .default('in_cluster')
    .describe('where the cache (Valkey, speaks the Redis protocol) runs'),
  size: size.describe('small, medium or large'),
  replicas: z
    .int({ error: 'must be a whole number' })
    .min(0)
    .max(5)
    .default(0)
    .describe('read replicas with automatic failover (elasticache)'),
});

/** Names that the data services take in the application's environment. */
export const dataVariableNames = [
  'DATABASE_URL',
  'DATABASE_HOST',
  'DATABASE_PORT',
  'DATABASE_NAME',
  'DATABASE_USER',
  'DATABASE_PASSWORD',
  'DATABASE_SCHEMA',
  'DATABASE_SECRET_ARN',
  'REDIS_URL',
  'REDIS_HOST',
  'REDIS_PORT',
  'REDIS_USER',
  'REDIS_PASSWORD',
  'REDIS_DATABASE',
  'REDIS_NAMESPACE',
] as const;
