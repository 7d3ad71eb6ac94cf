import { describe, expect, test } from '@jest/globals';
import { zodFaults } from '../../src/errors/zod-faults.js';
import { blueprint } from '../../stacks/app/blueprint.js';
import { dataRules } from '../../stacks/app/spec-data-rules.js';
import { dailyMinutes, weeklyMinutes, windowsOverlap } from '../../stacks/app/spec-data-windows.js';
import { appSpecV1, requestedTotals } from '../../stacks/app/spec.js';
import { dataShapes, none, sharedCache, sharedDatabase } from './data-shapes.js';
import { vpc } from './inputs.js';

function faults(spec: unknown): string[] {
  const parsed = appSpecV1.safeParse(spec);
  return parsed.success ? [] : zodFaults(parsed.error).map((fault) => `${fault.path}: ${fault.message}`);
}

const rds = (more: object) => ({ network: vpc, database: { mode: 'rds', ...more } });
const inCluster = (more: object) => ({ database: { mode: 'in_cluster', ...more } });
const elasticache = (more: object) => ({ network: vpc, cache: { mode: 'elasticache', ...more } });
const key = 'arn:aws:kms:eu-central-1:123456789012:key/a-b';

const refused: readonly (readonly [spec: unknown, faults: readonly string[]])[] = [
  [
    { database: { mode: 'rds' } },
    [
      'network.vpc_id: is required when database.mode is "rds" or cache.mode is "elasticache"',
      'network.vpc_cidr: is required when database.mode is "rds" or cache.mode is "elasticache"',
      'network.subnet_ids: needs at least two subnets when database.mode is "rds" or cache.mode is "elasticache"',
    ],
  ],
  [
    inCluster({
      multi_az: true,
      deletion_protection: true,
      kms_key_arn: key,
      max_storage_gb: 40,
      backup_window: '02:00-03:00',
      maintenance_window: 'sun:03:30-sun:04:30',
      performance_insights: true,
      password: 'managed',
    }),
    [
      'database.multi_az: multi_az needs database.mode "rds"',
      'database.deletion_protection: deletion_protection needs database.mode "rds"',
      'database.kms_key_arn: kms_key_arn needs database.mode "rds"',
      'database.max_storage_gb: max_storage_gb needs database.mode "rds"',
      'database.backup_window: backup_window needs database.mode "rds"',
      'database.maintenance_window: maintenance_window needs database.mode "rds"',
      'database.performance_insights: performance_insights needs database.mode "rds"',
      'database.password: password "managed" needs database.mode "rds"',
    ],
  ],
  [inCluster({ instance: 'db.m7g.large' }), ['database.instance: instance needs database.mode "rds"']],
  [
    rds({ instance: 'db.x9.huge' }),
    ['database.instance: must be an instance that Terrace knows, such as "db.m7g.large"'],
  ],
  [
    rds({ resources: { cpu: '3', memory: '6Gi' }, connections: 300 }),
    [
      'database.resources: resources needs database.mode "in_cluster"',
      'database.connections: connections needs database.mode "in_cluster"',
    ],
  ],
  [
    elasticache({ resources: { cpu: '1', memory: '2Gi' } }),
    ['cache.resources: resources needs cache.mode "in_cluster"'],
  ],
  [
    { cache: { instance: 'cache.m7g.large' } },
    ['cache.instance: instance needs cache.mode "elasticache" and cache.deployment "replication_group"'],
  ],
  [rds({ storage_class: 'gp3' }), ['database.storage_class: storage_class needs database.mode "in_cluster"']],
  [
    inCluster({ shared_server: sharedDatabase.shared_server }),
    ['database.shared_server: shared_server needs database.mode "shared_schema"'],
  ],
  [
    inCluster({ version: '8.4' }),
    ['database.version: must be one of "15", "16", "17" when database.engine is "postgres"'],
  ],
  [
    inCluster({ engine: 'mysql', version: '17' }),
    ['database.version: must be one of "8.0", "8.4" when database.engine is "mysql"'],
  ],
  [inCluster({ engine: 'oracle' }), ['database.engine: must be one of postgres, mysql']],
  [
    { database: { ...sharedDatabase, engine: 'mysql' } },
    [
      'database.engine: must be "postgres" when database.mode is "shared_schema": MySQL has no schemas within a database',
    ],
  ],
  [
    { database: { mode: 'shared_schema' } },
    ['database.shared_server: is required when database.mode is "shared_schema"'],
  ],
  [
    { database: { mode: 'shared_schema', shared_server: { host: 'pg.example.com' } } },
    ['database.shared_server: takes namespace or cidr, one of the two'],
  ],
  [
    {
      database: {
        mode: 'shared_schema',
        shared_server: { ...sharedDatabase.shared_server, cidr: '0.0.0.0/0' },
      },
    },
    ['database.shared_server.cidr: must be /8 or smaller'],
  ],
  [
    { database: { mode: 'none', storage_gb: 5 } },
    ['database.storage_gb: is of no use while database.mode is "none"'],
  ],
  [
    { database: { ...sharedDatabase, storage_gb: 5 } },
    ['database.storage_gb: is of no use while database.mode is "shared_schema"'],
  ],
  [rds({ storage_gb: 5 }), ['database.storage_gb: must be at least 20 when database.mode is "rds"']],
  [
    rds({ storage_gb: 100, max_storage_gb: 109 }),
    ['database.max_storage_gb: must be at least a tenth above database.storage_gb'],
  ],
  [
    rds({ engine: 'mysql', performance_insights: true }),
    ['database.performance_insights: needs size medium or large when database.engine is "mysql"'],
  ],
  [rds({ backup_window: '02:00-02:29' }), ['database.backup_window: must last at least 30 minutes']],
  [
    rds({ maintenance_window: 'sun:02:00-sun:02:29' }),
    ['database.maintenance_window: must last at least 30 minutes'],
  ],
  [
    rds({ backup_window: '23:30-00:30', maintenance_window: 'mon:00:00-mon:01:00' }),
    ['database.maintenance_window: must not overlap database.backup_window'],
  ],
  [
    rds({ backup_window: '24:00-25:00' }),
    ['database.backup_window: must be two times in UTC, such as "02:00-03:00"'],
  ],
  [
    inCluster({ storage_gb: 21 }),
    [
      'quota.storage: is less than the database in the cluster and its backups need; raise it or lower database.storage_gb',
    ],
  ],
  [
    { ...inCluster({}), quota: { cpu: '599m', memory: '1023Mi' } },
    [
      'quota.cpu: is less than the database and cache in the cluster need; raise it or choose smaller sizes',
      'quota.memory: is less than the database and cache in the cluster need; raise it or choose smaller sizes',
    ],
  ],
  [
    inCluster({ backup: { schedule: 'nightly' } }),
    ['database.backup.schedule: must be five fields of cron, such as "17 2 * * *"'],
  ],
  [{ cache: { replicas: 1 } }, ['cache.replicas: replicas need cache.mode "elasticache"']],
  [
    elasticache({ replicas: 1, deployment: 'serverless' }),
    [
      'cache.replicas: replicas need cache.deployment "replication_group"; a serverless cache has them by itself',
    ],
  ],
  [
    { cache: { deployment: 'serverless', snapshot_days: 1, kms_key_arn: key } },
    [
      'cache.deployment: deployment "serverless" needs cache.mode "elasticache"',
      'cache.snapshot_days: snapshot_days needs cache.mode "elasticache"',
      'cache.kms_key_arn: kms_key_arn needs cache.mode "elasticache"',
    ],
  ],
  [
    { cache: { shared_server: sharedCache.shared_server } },
    ['cache.shared_server: shared_server needs cache.mode "shared_namespace"'],
  ],
  [
    { cache: { mode: 'shared_namespace' } },
    ['cache.shared_server: is required when cache.mode is "shared_namespace"'],
  ],
  [
    {
      cache: {
        mode: 'shared_namespace',
        shared_server: { ...sharedCache.shared_server, cidr: '10.0.0.0/24' },
      },
    },
    ['cache.shared_server: takes namespace or cidr, one of the two'],
  ],
];

describe('database and cache in a spec', () => {
  test.each(Object.entries(dataShapes))('%s is taken', (_name, spec) => {
    expect(faults(spec)).toEqual([]);
  });

  test.each(refused)('%j is refused', (spec, expected) => {
    expect(faults(spec)).toEqual(expected);
  });

  test('every rule has a spec above that breaks it', () => {
    const told = new Set(refused.flatMap(([, texts]) => texts));
    const untold = dataRules
      .map(({ path, message }) => `${path}: ${message}`)
      .filter((one) => !told.has(one));
    expect(untold).toEqual([]);
  });

  test('exactly what the data services need is enough of a quota', () => {
    expect(faults({ quota: { cpu: '600m', memory: '1024Mi', storage: '20Gi' } })).toEqual([]);
  });

  test('names of data variables are not for callers', () => {
    expect(faults({ variables: { DATABASE_SCHEMA: 'x', REDIS_NAMESPACE: 'y' } })).toEqual([
      'variables.DATABASE_SCHEMA: is set by Terrace; choose another name',
      'variables.REDIS_NAMESPACE: is set by Terrace; choose another name',
    ]);
  });

  test('a password that AWS keeps is not asked of the engine', () => {
    const names = (spec: unknown) => blueprint.secrets(appSpecV1.parse(spec)).map((one) => one.name);
    expect(names({ ...none, ...rds({ password: 'managed' }) })).toEqual([]);
    expect(names({ ...none, database: sharedDatabase })).toEqual(['database_password']);
    expect(names({ ...none, cache: sharedCache })).toEqual(['cache_password']);
  });

  test('a serverless cache counts with its limit, a shared server with nothing', () => {
    const totals = (spec: unknown) => requestedTotals(appSpecV1.parse(spec));
    const quota = { cpuCores: 4, memoryGb: 8, storageGb: 40 };
    expect(totals({ ...none, ...elasticache({ deployment: 'serverless', size: 'medium' }) })).toEqual({
      ...quota,
      memoryGb: 14,
    });
    expect(totals({ database: sharedDatabase, cache: sharedCache })).toEqual(quota);
  });
});

describe('windows of time', () => {
  test.each([
    ['02:00-03:00', 'sun:03:00-sun:04:00', false],
    ['02:00-03:01', 'sun:03:00-sun:04:00', true],
    ['03:59-05:00', 'sun:03:00-sun:04:00', true],
    ['04:00-05:00', 'sun:03:00-sun:04:00', false],
    ['23:30-00:30', 'sun:23:00-sun:23:30', false],
    ['23:30-00:30', 'sun:00:00-sun:00:30', true],
    ['12:00-13:00', 'tue:23:00-thu:01:00', true],
    ['01:00-23:00', 'sun:23:30-mon:00:30', false],
    ['00:00-00:30', 'sun:23:45-mon:00:15', true],
  ])('%s and %s overlap: %s', (daily, weekly, expected) => {
    expect(windowsOverlap(daily, weekly)).toBe(expected);
  });

  test('last over midnight and over the end of the week', () => {
    expect([dailyMinutes('23:30-00:30'), weeklyMinutes('sun:23:30-mon:00:30')]).toEqual([60, 60]);
  });
});
