import type { SpecRule } from '../../src/spec/spec-rule.js';
import { databaseStorageGb, databaseVersions } from './spec-data-facts.js';
import { dailyMinutes, weeklyMinutes, windowsOverlap } from './spec-data-windows.js';
import type { AppSpecV1 } from './spec.js';

type Database = AppSpecV1['database'];

/** Fields that one mode alone knows, and when they are given. */
const ofOneMode: readonly [field: string, mode: Database['mode'], given: (database: Database) => boolean][] =
  [
    ['multi_az', 'rds', ({ multi_az }) => multi_az],
    ['deletion_protection', 'rds', ({ deletion_protection }) => deletion_protection],
    ['kms_key_arn', 'rds', ({ kms_key_arn }) => kms_key_arn !== undefined],
    ['max_storage_gb', 'rds', ({ max_storage_gb }) => max_storage_gb !== undefined],
    ['backup_window', 'rds', ({ backup_window }) => backup_window !== undefined],
    ['maintenance_window', 'rds', ({ maintenance_window }) => maintenance_window !== undefined],
    ['performance_insights', 'rds', ({ performance_insights }) => performance_insights],
    ['instance', 'rds', ({ instance }) => instance !== undefined],
    ['resources', 'in_cluster', ({ resources }) => resources !== undefined],
    ['connections', 'in_cluster', ({ connections }) => connections !== undefined],
    ['storage_class', 'in_cluster', ({ storage_class }) => storage_class !== undefined],
    ['shared_server', 'shared_schema', ({ shared_server }) => shared_server !== undefined],
  ];

export const databaseRules: readonly SpecRule<AppSpecV1>[] = [
  ...ofOneMode.map(([field, mode, given]) => ({
    path: `database.${field}`,
    when: ({ database }: AppSpecV1) => database.mode !== mode && given(database),
    message: `${field} needs database.mode "${mode}"`,
  })),
  {
    path: 'database.password',
    when: ({ database }) => database.password === 'managed' && database.mode !== 'rds',
    message: 'password "managed" needs database.mode "rds"',
  },
  {
    path: 'database.version',
    when: ({ database: { engine, version } }) =>
      engine === 'postgres' && version !== undefined && !among(databaseVersions.postgres, version),
    message: 'must be one of "15", "16", "17" when database.engine is "postgres"',
  },
  {
    path: 'database.version',
    when: ({ database: { engine, version } }) =>
      engine === 'mysql' && version !== undefined && !among(databaseVersions.mysql, version),
    message: 'must be one of "8.0", "8.4" when database.engine is "mysql"',
  },
  {
    path: 'database.engine',
    when: ({ database }) => database.mode === 'shared_schema' && database.engine !== 'postgres',
    message:
      'must be "postgres" when database.mode is "shared_schema": MySQL has no schemas within a database',
  },
  {
    path: 'database.shared_server',
    when: ({ database }) => database.mode === 'shared_schema' && database.shared_server === undefined,
    message: 'is required when database.mode is "shared_schema"',
  },
  {
    path: 'database.shared_server',
    when: ({ database: { shared_server: server } }) =>
      server !== undefined && (server.cidr === undefined) === (server.namespace === undefined),
    message: 'takes namespace or cidr, one of the two',
  },
  {
    path: 'database.storage_gb',
    when: ({ database }) => database.mode === 'none' && database.storage_gb !== undefined,
    message: 'is of no use while database.mode is "none"',
  },
  {
    path: 'database.storage_gb',
    when: ({ database }) => database.mode === 'shared_schema' && database.storage_gb !== undefined,
    message: 'is of no use while database.mode is "shared_schema"',
  },
  {
    path: 'database.storage_gb',
    when: (spec) => spec.database.mode === 'rds' && databaseStorageGb(spec) < 20,
    message: 'must be at least 20 when database.mode is "rds"',
  },
  {
    path: 'database.max_storage_gb',
    when: (spec) =>
      spec.database.mode === 'rds' &&
      (spec.database.max_storage_gb ?? Infinity) < databaseStorageGb(spec) * 1.1,
    message: 'must be at least a tenth above database.storage_gb',
  },
  {
    path: 'database.performance_insights',
    when: ({ database }) =>
      database.performance_insights && database.engine === 'mysql' && database.size === 'small',
    message: 'needs size medium or large when database.engine is "mysql"',
  },
  {
    path: 'database.backup_window',
    when: ({ database: { backup_window: window } }) => window !== undefined && dailyMinutes(window) < 30,
    message: 'must last at least 30 minutes',
  },
  {
    path: 'database.maintenance_window',
    when: ({ database: { maintenance_window: window } }) =>
      window !== undefined && weeklyMinutes(window) < 30,
    message: 'must last at least 30 minutes',
  },
  {
    path: 'database.maintenance_window',
    when: ({ database: { backup_window: daily, maintenance_window: weekly } }) =>
      daily !== undefined && weekly !== undefined && windowsOverlap(daily, weekly),
    message: 'must not overlap database.backup_window',
  },
];

function among(versions: readonly string[], version: string): boolean {
  return versions.includes(version);
}
