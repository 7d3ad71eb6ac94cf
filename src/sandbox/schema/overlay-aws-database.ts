import { textAt, type ValueObject } from '../values.js';
import { arn, host, randomSuffix, stableHex, stableNumber } from './derived-names.js';
import type { ComputeInput, Computed, TypeOverlay } from './overlay-type.js';

const ports: Readonly<Record<string, number>> = { postgres: 5432, mysql: 3306, mariadb: 3306 };
const versions: Readonly<Record<string, string>> = { postgres: '17.4', mysql: '8.0.42', mariadb: '11.4.5' };

const identifier = /^[a-z](-?[a-z0-9])*$/;

const prefixedName = (value: ValueObject) => ({
  name: `${textAt(value, 'name_prefix') ?? 'terraform-'}${randomSuffix(26)}`,
});

const byName = (value: ValueObject) => {
  const name = textAt(value, 'name');
  return name === undefined ? undefined : { objectId: name, name };
};

function instanceValues({ value, run }: ComputeInput): Readonly<Record<string, Computed>> {
  const name = textAt(value, 'identifier') ?? '';
  const engine = textAt(value, 'engine') ?? 'postgres';
  const version = textAt(value, 'engine_version') ?? versions[engine] ?? '1.0';
  const given = value['port'];
  const port = typeof given === 'number' ? given : (ports[engine] ?? 5432);
  const address = host(run, 'rds', name, stableHex(run, 12, 'rds-domain'));
  const resourceId = `db-${stableHex(run, 26, 'aws_db_instance', name).toUpperCase()}`;
  const encrypted = value['storage_encrypted'] === true;
  const key = encrypted ? arn(run, 'kms', `key/${stableHex(run, 12, 'kms', 'rds')}`) : '';
  const hour = stableNumber(run, 24, 'window', name);
  const window = (minute: string) => `${String(hour).padStart(2, '0')}:${minute}`;
  return {
    id: resourceId,
    resource_id: resourceId,
    arn: arn(run, 'rds', `db:${name}`),
    address,
    endpoint: `${address}:${port}`,
    port,
    hosted_zone_id: `Z${stableHex(run, 13, 'rds-zone').toUpperCase()}`,
    status: 'available',
    engine,
    engine_version: version,
    engine_version_actual: version,
    engine_lifecycle_support: 'open-source-rds-extended-support',
    allocated_storage: 20,
    availability_zone: `${run.region}${'abc'[stableNumber(run, 3, 'zone', name)]}`,
    backup_retention_period: 0,
    backup_target: 'region',
    backup_window: `${window('00')}-${window('30')}`,
    maintenance_window: `sun:${window('31')}-sun:${window('59')}`,
    ca_cert_identifier: 'rds-ca-rsa2048-g1',
    database_insights_mode: 'standard',
    db_name: '',
    db_subnet_group_name: 'default',
    identifier_prefix: '',
    iops: 0,
    kms_key_id: key,
    license_model: engine === 'postgres' ? 'postgresql-license' : 'general-public-license',
    listener_endpoint: [],
    master_user_secret:
      value['manage_master_user_password'] === true
        ? [
            {
              kms_key_id: arn(run, 'kms', `key/${stableHex(run, 12, 'kms', 'secretsmanager')}`),
              secret_arn: arn(run, 'secretsmanager', `secret:rds!${resourceId.toLowerCase()}`),
              secret_status: 'active',
            },
          ]
        : [],
    multi_az: false,
    network_type: 'IPV4',
    option_group_name: `default:${engine}-${version.split('.')[0]}`,
    parameter_group_name: `default.${engine}${version.split('.')[0]}`,
    performance_insights_retention_period: 0,
    region: run.region,
    replicas: [],
    storage_throughput: 0,
    storage_type: 'gp2',
    username: '',
    vpc_security_group_ids: [
      `sg-${stableHex({ ...run, environmentId: run.accountId }, 17, run.region, 'default-sg')}`,
    ],
  };
}

function instanceFaults(value: ValueObject): string[] {
  const faults: string[] = [];
  const name = textAt(value, 'identifier');
  if (name !== undefined && (!identifier.test(name) || name.length > 63))
    faults.push(
      `identifier "${name}": at most 63 lowercase letters, digits and single hyphens, first character a letter`,
    );
  const password = textAt(value, 'password');
  if (password !== undefined && (password.length < 8 || /[/"@ ]/.test(password)))
    faults.push('password: at least 8 printable characters, without "/", "@", \'"\' and blanks');
  const storage = value['allocated_storage'];
  if (typeof storage === 'number' && (storage < 5 || storage > 65_536))
    faults.push(`allocated_storage: ${storage} is not a valid size in GiB`);
  const retention = value['backup_retention_period'];
  if (typeof retention === 'number' && (retention < 0 || retention > 35))
    faults.push(`backup_retention_period: expected to be in the range (0 - 35), got ${retention}`);
  return faults;
}

function refuseDelete(value: ValueObject): string | undefined {
  const refused = `deleting RDS DB Instance (${textAt(value, 'identifier')}): `;
  if (value['deletion_protection'] === true)
    return `${refused}InvalidParameterCombination: Cannot delete protected DB Instance, please disable deletion protection and try again.`;
  if (value['skip_final_snapshot'] !== true && textAt(value, 'final_snapshot_identifier') === undefined)
    return `${refused}final_snapshot_identifier is required when skip_final_snapshot is false`;
  return undefined;
}

export const databaseOverlays: Readonly<Record<string, TypeOverlay>> = {
  aws_db_instance: {
    sensitive: ['password', 'password_wo'],
    writeOnly: ['password_wo'],
    forceNew: [
      'availability_zone',
      'character_set_name',
      'db_name',
      'engine',
      'identifier_prefix',
      'kms_key_id',
      'nchar_character_set_name',
      'snapshot_identifier',
      'storage_encrypted',
      'timezone',
      'username',
      'restore_to_point_in_time',
      's3_import',
    ],
    defaults: {
      auto_minor_version_upgrade: true,
      copy_tags_to_snapshot: false,
      dedicated_log_volume: false,
      delete_automated_backups: true,
      monitoring_interval: 0,
      performance_insights_enabled: false,
      publicly_accessible: false,
      skip_final_snapshot: false,
    },
    unknownWhen: {
      address: ['identifier'],
      arn: ['identifier'],
      endpoint: ['identifier', 'port'],
      engine_version_actual: ['engine_version'],
      master_user_secret: ['manage_master_user_password'],
      parameter_group_name: ['engine_version'],
      kms_key_id: ['storage_encrypted'],
    },
    names: (value) => ({
      identifier: `${textAt(value, 'identifier_prefix') ?? 'terraform-'}${randomSuffix(26)}`,
    }),
    identify: (value) => {
      const name = textAt(value, 'identifier');
      return name === undefined ? undefined : { objectId: name, name };
    },
    compute: (input) => {
      const values = instanceValues(input);
      // The resource id outlives a change of the identifier.
      const id = input.prior === null ? values['id'] : textAt(input.prior, 'id');
      return { ...values, id, resource_id: id };
    },
    faultsOf: instanceFaults,
    refuseDelete,
    alreadyExists: (_value, { name }) =>
      `creating RDS DB Instance (${name}): operation error RDS: CreateDBInstance, https response error StatusCode: 400, ` +
      'DBInstanceAlreadyExists: DB instance already exists',
  },
  aws_db_subnet_group: {
    forceNew: ['name', 'name_prefix'],
    defaults: { description: 'Managed by Terraform' },
    names: prefixedName,
    identify: byName,
    compute: ({ value, run }) => {
      const name = textAt(value, 'name') ?? '';
      return {
        id: name,
        arn: arn(run, 'rds', `subgrp:${name}`),
        name_prefix: '',
        region: run.region,
        supported_network_types: ['IPV4'],
        vpc_id: `vpc-${stableHex({ ...run, environmentId: run.accountId }, 17, run.region, 'default-vpc')}`,
      };
    },
    alreadyExists: (_value, { name }) =>
      `creating RDS DB Subnet Group (${name}): operation error RDS: CreateDBSubnetGroup, https response error ` +
      `StatusCode: 400, DBSubnetGroupAlreadyExists: The DB subnet group '${name}' already exists.`,
  },
  aws_db_parameter_group: {
    forceNew: ['name', 'name_prefix', 'family', 'description'],
    defaults: {
      description: 'Managed by Terraform',
      skip_destroy: false,
      'parameter.apply_method': 'immediate',
    },
    names: prefixedName,
    identify: byName,
    compute: ({ value, run }) => {
      const name = textAt(value, 'name') ?? '';
      return { id: name, arn: arn(run, 'rds', `pg:${name}`), name_prefix: '', region: run.region };
    },
    alreadyExists: (_value, { name }) =>
      `creating RDS DB Parameter Group (${name}): operation error RDS: CreateDBParameterGroup, https response error ` +
      `StatusCode: 400, DBParameterGroupAlreadyExists: Parameter group ${name} already exists`,
  },
};
