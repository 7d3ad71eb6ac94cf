import { DbInstance } from '@cdktf/provider-aws/lib/db-instance/index.js';
import { DbParameterGroup } from '@cdktf/provider-aws/lib/db-parameter-group/index.js';
import { DbSubnetGroup } from '@cdktf/provider-aws/lib/db-subnet-group/index.js';
import type { ITerraformDependable, TerraformVariable } from 'cdktf';
import { Construct } from 'constructs';
import { databaseStorageGb } from './spec.js';
import { databaseSizes } from '../../src/spec/sizes.js';
import type { DatabaseConnection } from './connection.js';
import { databasePort, type AppContext } from './context.js';
import { DataSecurityGroup } from './data-security-group.js';

export interface DatabaseRdsProps {
  readonly context: AppContext;
  readonly password: TerraformVariable;
}

/** PostgreSQL on RDS: private, encrypted, TLS only, backed up, storage growing up to twice its start. */
export class DatabaseRds extends Construct implements DatabaseConnection {
  readonly host: string;
  readonly port = databasePort;
  readonly name = 'app';
  readonly user = 'app';
  readonly password: string;
  readonly url: string;
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, { context, password }: DatabaseRdsProps) {
    super(scope, id);
    const { spec, names } = context;
    const { database } = spec;
    const storageGb = databaseStorageGb(spec);
    const subnets = new DbSubnetGroup(this, '$subnets', {
      name: names.database,
      description: 'Private subnets of a tenant database',
      subnetIds: [...spec.network.subnet_ids],
    });
    const parameters = new DbParameterGroup(this, '$parameters', {
      name: `${names.database}-pg${database.version}`,
      description: 'TLS is forced',
      family: `postgres${database.version}`,
      parameter: [{ name: 'rds.force_ssl', value: '1' }],
    });
    const group = new DataSecurityGroup(this, '$network', {
      context,
      name: `${names.database}-db`,
      port: this.port,
    });
    const instance = new DbInstance(this, '$instance', {
      identifier: names.database,
      engine: 'postgres',
      engineVersion: database.version,
      instanceClass: databaseSizes[database.size].instance,
      allocatedStorage: storageGb,
      maxAllocatedStorage: storageGb * 2,
      storageType: 'gp3',
      storageEncrypted: true,
      ...(database.kms_key_arn ? { kmsKeyId: database.kms_key_arn } : {}),
      dbName: this.name,
      username: this.user,
      password: password.stringValue,
      port: this.port,
      dbSubnetGroupName: subnets.name,
      parameterGroupName: parameters.name,
      vpcSecurityGroupIds: [group.groupId],
      publiclyAccessible: false,
      multiAz: database.multi_az,
      backupRetentionPeriod: database.backup_days,
      copyTagsToSnapshot: true,
      deletionProtection: database.deletion_protection,
      skipFinalSnapshot: !database.final_snapshot,
      ...(database.final_snapshot ? { finalSnapshotIdentifier: `${names.database}-final` } : {}),
      autoMinorVersionUpgrade: true,
      allowMajorVersionUpgrade: true,
      applyImmediately: true,
      enabledCloudwatchLogsExports: ['postgresql', 'upgrade'],
    });
    this.host = instance.address;
    this.password = password.stringValue;
    this.url = `postgresql://${this.user}:\${urlencode(var.${password.friendlyUniqueId})}@${this.host}:${this.port}/${this.name}?sslmode=require`;
    this.ready = [instance];
  }
}
