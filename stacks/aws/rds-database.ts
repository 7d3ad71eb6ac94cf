import { DbInstance } from '@cdktf/provider-aws/lib/db-instance/index.js';
import { DbParameterGroup } from '@cdktf/provider-aws/lib/db-parameter-group/index.js';
import { DbSubnetGroup } from '@cdktf/provider-aws/lib/db-subnet-group/index.js';
import type { ITerraformDependable, TerraformVariable } from 'cdktf';
import { Construct } from 'constructs';
import type { DatabaseEngine } from '../../src/spec/sizes.js';
import type { DatabaseConnection } from '../connection.js';
import { databaseUrl } from '../data-url.js';
import { DataSecurityGroup, type DataNetwork } from './data-network.js';
import { rdsEngines } from './rds-engine.js';

export interface RdsSettings {
  readonly engine: DatabaseEngine;
  /** Major version, such as `17` or `8.4`; AWS chooses the minor one. */
  readonly version: string;
  /** Such as `db.t4g.small`. */
  readonly instanceClass: string;
  readonly storageGb: number;
  /** What storage may grow to by itself. @default - twice its start */
  readonly maxStorageGb?: number;
  readonly multiAz: boolean;
  readonly backupDays: number;
  /** Such as `02:00-03:00`, UTC. @default - AWS chooses */
  readonly backupWindow?: string;
  /** Such as `sun:03:30-sun:04:30`, UTC. @default - AWS chooses */
  readonly maintenanceWindow?: string;
  readonly deletionProtection: boolean;
  /** Whether a last snapshot, `<name>-final`, is taken at deletion. */
  readonly finalSnapshot: boolean;
  /** Key of storage, managed secret and performance insights. @default - the account's own key of each service */
  readonly kmsKeyArn?: string;
  /** @default false */
  readonly performanceInsights?: boolean;
  /** @default true */
  readonly autoMinorUpgrades?: boolean;
}

export interface RdsDatabaseProps {
  /** Identifier, at most 48 characters, unique in account and region. */
  readonly name: string;
  readonly settings: RdsSettings;
  readonly network: DataNetwork;
  /** A sensitive variable. @default - RDS makes the password and keeps it in Secrets Manager; it is in no state */
  readonly password?: TerraformVariable;
}

/** PostgreSQL or MySQL on RDS: private, encrypted, TLS only, backed up. Every change but that of the engine is in place. */
export class RdsDatabase extends Construct implements DatabaseConnection {
  readonly engine: DatabaseEngine;
  readonly host: string;
  readonly port: number;
  readonly name = 'app';
  readonly user = 'app';
  readonly password?: string;
  readonly url?: string;
  readonly secretArn?: string;
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, { name, settings, network, password }: RdsDatabaseProps) {
    super(scope, id);
    this.engine = settings.engine;
    const engine = rdsEngines[settings.engine];
    this.port = engine.port;
    const subnets = new DbSubnetGroup(this, '$subnets', {
      name,
      description: 'Private subnets of a tenant database',
      subnetIds: [...network.subnetIds],
    });
    const parameters = new DbParameterGroup(this, '$parameters', {
      name: `${name}-${engine.suffix(settings.version)}`,
      description: 'TLS is forced',
      family: engine.family(settings.version),
      parameter: [engine.forceTls],
      // A new major version needs a group of its family; the old one is in use until the database has moved.
      lifecycle: { createBeforeDestroy: true },
    });
    const group = new DataSecurityGroup(this, '$network', { name: `${name}-db`, port: this.port, network });
    const instance = new DbInstance(this, '$instance', {
      identifier: name,
      engine: settings.engine,
      engineVersion: settings.version,
      instanceClass: settings.instanceClass,
      ...storage(settings),
      dbName: this.name,
      username: this.user,
      ...(password ? { password: password.stringValue } : managedPassword(settings)),
      port: this.port,
      dbSubnetGroupName: subnets.name,
      parameterGroupName: parameters.name,
      vpcSecurityGroupIds: [group.groupId],
      publiclyAccessible: false,
      multiAz: settings.multiAz,
      ...backups(name, settings),
      ...insights(settings),
      autoMinorVersionUpgrade: settings.autoMinorUpgrades ?? true,
      allowMajorVersionUpgrade: true,
      applyImmediately: true,
      enabledCloudwatchLogsExports: [...engine.logs],
    });
    this.host = instance.address;
    this.ready = [instance];
    if (password === undefined) this.secretArn = instance.masterUserSecret.get(0).secretArn;
    else {
      this.password = password.stringValue;
      const { engine: kind, user, host, port, name: database } = this;
      this.url = databaseUrl({ engine: kind, user, password, host, port, name: database, tls: 'require' });
    }
  }
}

function storage({ storageGb, maxStorageGb, kmsKeyArn }: RdsSettings) {
  return {
    allocatedStorage: storageGb,
    maxAllocatedStorage: maxStorageGb ?? storageGb * 2,
    storageType: 'gp3',
    storageEncrypted: true,
    ...(kmsKeyArn ? { kmsKeyId: kmsKeyArn } : {}),
  };
}

function managedPassword({ kmsKeyArn }: RdsSettings) {
  return {
    manageMasterUserPassword: true,
    ...(kmsKeyArn ? { masterUserSecretKmsKeyId: kmsKeyArn } : {}),
  };
}

function backups(name: string, settings: RdsSettings) {
  return {
    backupRetentionPeriod: settings.backupDays,
    ...(settings.backupWindow ? { backupWindow: settings.backupWindow } : {}),
    ...(settings.maintenanceWindow ? { maintenanceWindow: settings.maintenanceWindow } : {}),
    copyTagsToSnapshot: true,
    deletionProtection: settings.deletionProtection,
    skipFinalSnapshot: !settings.finalSnapshot,
    ...(settings.finalSnapshot ? { finalSnapshotIdentifier: `${name}-final` } : {}),
  };
}

/** Performance insights within the free seven days; enhanced monitoring stays off. */
function insights({ performanceInsights = false, kmsKeyArn }: RdsSettings) {
  if (!performanceInsights) return {};
  return {
    performanceInsightsEnabled: true,
    performanceInsightsRetentionPeriod: 7,
    ...(kmsKeyArn ? { performanceInsightsKmsKeyId: kmsKeyArn } : {}),
  };
}
