import { z } from 'zod';
import { shortName } from '../../src/spec/names.js';
import { databaseEngines } from '../../src/spec/sizes.js';
import { days, instance, kmsKeyArn, port, resources, sharedServer, size } from './spec-data.js';

const gb = z
  .int({ error: 'must be a whole number' })
  .min(1, 'must be at least 1')
  .max(16_384, 'must be at most 16384')
  .optional();
const time = '(?:[01]\\d|2[0-3]):[0-5]\\d';
const weekday = '(?:mon|tue|wed|thu|fri|sat|sun)';

const backup = z.strictObject({
  enabled: z.boolean().default(true).describe('whether dumps are taken'),
  schedule: z
    .string()
    .regex(/^[0-9*,/-]+(?: [0-9*,/-]+){4}$/, 'must be five fields of cron, such as "17 2 * * *"')
    .default('17 2 * * *')
    .describe('when, as cron in UTC'),
  storage_gb: gb.describe('room for the dumps; default: as much as the database has'),
});

const sharedDatabaseServer = z.strictObject({
  ...sharedServer,
  port: port(5432),
  database: z
    .string()
    .regex(/^[a-z_][a-z0-9_]{0,62}$/, 'must be 1 to 63 lower-case letters, digits or "_"')
    .default('postgres')
    .describe('database in which the schema is made'),
  sslmode: z
    .enum(['require', 'verify-full', 'disable'], { error: 'must be one of require, verify-full, disable' })
    .default('require')
    .describe('how Terraform connects'),
  connections: z
    .int({ error: 'must be a whole number' })
    .min(1, 'must be at least 1')
    .max(5000, 'must be at most 5000')
    .default(20)
    .describe('connections that the environment may hold at once'),
});

export const database = z.strictObject({
  mode: z
    .enum(['in_cluster', 'rds', 'shared_schema', 'none'], {
      error: 'must be one of in_cluster, rds, shared_schema, none',
    })
    .default('in_cluster')
    .describe('where the database runs'),
  engine: z
    .enum(databaseEngines, { error: 'must be one of postgres, mysql' })
    .default('postgres')
    .describe('postgres or mysql'),
  version: z
    .enum(['15', '16', '17', '8.0', '8.4'], {
      error: 'must be one of "15", "16", "17" for postgres, "8.0", "8.4" for mysql',
    })
    .optional()
    .describe('major version; default 17, for mysql 8.4'),
  size,
  resources,
  instance: instance('rds', 'db.m7g.large').describe('class instead of that of size (rds)'),
  connections: z
    .int({ error: 'must be a whole number' })
    .min(20, 'must be at least 20')
    .max(5000, 'must be at most 5000')
    .optional()
    .describe('connections at once; default: as the engine has it (in_cluster)'),
  storage_gb: gb.describe('storage; default 10 in_cluster, 20 rds; grows in place and never shrinks'),
  max_storage_gb: gb.describe('what storage may grow to by itself; default: twice storage_gb (rds)'),
  storage_class: shortName
    .optional()
    .describe('storage class of the volumes; default: that of the cluster (in_cluster)'),
  multi_az: z.boolean().default(false).describe('a standby in a second zone (rds)'),
  backup_days: days(1).default(7).describe('days that backups are kept (rds, in_cluster)'),
  backup: backup.prefault({}).describe('dumps to a volume of their own (in_cluster)'),
  backup_window: z
    .string()
    .regex(new RegExp(`^${time}-${time}$`), 'must be two times in UTC, such as "02:00-03:00"')
    .optional()
    .describe('daily window of backups, UTC (rds)'),
  maintenance_window: z
    .string()
    .regex(
      new RegExp(`^${weekday}:${time}-${weekday}:${time}$`),
      'must be two times of the week in UTC, such as "sun:03:30-sun:04:30"',
    )
    .optional()
    .describe('weekly window of maintenance, UTC (rds)'),
  deletion_protection: z.boolean().default(false).describe('AWS refuses to delete it (rds)'),
  final_snapshot: z.boolean().default(true).describe('a last snapshot is taken at deletion (rds)'),
  auto_minor_upgrades: z
    .boolean()
    .default(true)
    .describe('AWS installs minor versions in the maintenance window (rds)'),
  performance_insights: z.boolean().default(false).describe('seven days of query statistics (rds)'),
  password: z
    .enum(['generated', 'managed'], { error: 'must be one of generated, managed' })
    .default('generated')
    .describe(
      'generated: made by Terrace, in the Secret of the application; managed: made and kept by AWS Secrets Manager, of which the application gets the ARN (rds)',
    ),
  kms_key_arn: kmsKeyArn.describe('key of the encryption at rest; default: the key of the account (rds)'),
  shared_server: sharedDatabaseServer
    .optional()
    .describe('the PostgreSQL server of many tenants (shared_schema)'),
});
