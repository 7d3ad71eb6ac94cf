import type { TerraformVariable } from 'cdktf';
import type { Construct } from 'constructs';
import { serverlessLimits } from '../../src/spec/sizes.js';
import type { DataNetwork } from '../aws/data-network.js';
import { ElasticacheGroup } from '../aws/elasticache-group.js';
import { ElasticacheServerless } from '../aws/elasticache-serverless.js';
import { RdsDatabase } from '../aws/rds-database.js';
import type { CacheConnection, DatabaseConnection } from '../connection.js';
import type { AppContext } from './context.js';
import { cacheSizeOf, databaseSizeOf, databaseStorageGb, databaseVersion } from './spec-data-facts.js';

/** The managed database of an environment; without `password`, AWS makes and keeps it. */
export function managedDatabase(
  scope: Construct,
  context: AppContext,
  password?: TerraformVariable,
): DatabaseConnection {
  const { database } = context.spec;
  return new RdsDatabase(scope, 'database', {
    name: context.names.database,
    network: networkOf(context),
    ...(password === undefined ? {} : { password }),
    settings: {
      engine: database.engine,
      version: databaseVersion(context.spec),
      instanceClass: databaseSizeOf(context.spec).instance,
      storageGb: databaseStorageGb(context.spec),
      multiAz: database.multi_az,
      backupDays: database.backup_days,
      deletionProtection: database.deletion_protection,
      finalSnapshot: database.final_snapshot,
      autoMinorUpgrades: database.auto_minor_upgrades,
      performanceInsights: database.performance_insights,
      ...(database.max_storage_gb ? { maxStorageGb: database.max_storage_gb } : {}),
      ...(database.backup_window ? { backupWindow: database.backup_window } : {}),
      ...(database.maintenance_window ? { maintenanceWindow: database.maintenance_window } : {}),
      ...(database.kms_key_arn ? { kmsKeyArn: database.kms_key_arn } : {}),
    },
  });
}

/** The managed cache of an environment. */
export function managedCache(
  scope: Construct,
  context: AppContext,
  password: TerraformVariable,
): CacheConnection {
  const { cache } = context.spec;
  const props = { name: context.names.cache, network: networkOf(context), password };
  const common = {
    snapshotDays: cache.snapshot_days,
    ...(cache.kms_key_arn ? { kmsKeyArn: cache.kms_key_arn } : {}),
  };
  const { dataGb, ecpuPerSecond } = serverlessLimits[cache.size];
  return cache.deployment === 'serverless'
    ? new ElasticacheServerless(scope, 'cache', {
        ...props,
        settings: { ...common, maxDataGb: dataGb, maxEcpuPerSecond: ecpuPerSecond },
      })
    : new ElasticacheGroup(scope, 'cache', {
        ...props,
        settings: { ...common, nodeType: cacheSizeOf(context.spec).instance, replicas: cache.replicas },
      });
}

/** The rules of the spec hold that all three are there where a managed service is asked for. */
function networkOf({ spec: { network } }: AppContext): DataNetwork {
  return { vpcId: network.vpc_id ?? '', vpcCidr: network.vpc_cidr ?? '', subnetIds: network.subnet_ids };
}
