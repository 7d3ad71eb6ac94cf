import type { TerraformVariable } from 'cdktf';
import type { Construct } from 'constructs';
import { cacheSizes, databaseSizes } from '../../src/spec/sizes.js';
import type { DataNetwork } from '../aws/data-network.js';
import { ElasticacheGroup } from '../aws/elasticache-group.js';
import { RdsDatabase } from '../aws/rds-database.js';
import type { CacheConnection, DatabaseConnection } from '../connection.js';
import type { AppContext } from './context.js';
import { databaseStorageGb } from './spec.js';

/** The managed database of an environment. */
export function managedDatabase(
  scope: Construct,
  context: AppContext,
  password: TerraformVariable,
): DatabaseConnection {
  const { database } = context.spec;
  return new RdsDatabase(scope, 'database', {
    name: context.names.database,
    network: networkOf(context),
    password,
    settings: {
      engine: database.engine,
      version: database.version,
      instanceClass: databaseSizes[database.size].instance,
      storageGb: databaseStorageGb(context.spec),
      multiAz: database.multi_az,
      backupDays: database.backup_days,
      deletionProtection: database.deletion_protection,
      finalSnapshot: database.final_snapshot,
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
  return new ElasticacheGroup(scope, 'cache', {
    name: context.names.cache,
    network: networkOf(context),
    password,
    settings: { nodeType: cacheSizes[cache.size].instance, replicas: cache.replicas },
  });
}

/** The rules of the spec hold that all three are there where a managed service is asked for. */
function networkOf({ spec: { network } }: AppContext): DataNetwork {
  return { vpcId: network.vpc_id ?? '', vpcCidr: network.vpc_cidr ?? '', subnetIds: network.subnet_ids };
}
