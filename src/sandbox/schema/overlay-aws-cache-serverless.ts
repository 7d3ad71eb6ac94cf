import { textAt, type ValueObject } from '../values.js';
import { arn, host, stableHex } from './derived-names.js';
import { byAttribute, countAt, madeAt, refusedCall } from './overlay-aws-parts.js';
import type { Identity, TypeOverlay } from './overlay-type.js';

const taken = (kind: string, fault: string) => (_value: ValueObject, identity: Identity) =>
  refusedCall(
    `creating ElastiCache ${kind} (${identity.name})`,
    'ElastiCache',
    `Create${kind.replaceAll(' ', '')}`,
    `${fault}: ${kind} ${identity.name} already exists.`,
  );

const majors: Readonly<Record<string, string>> = { redis: '7', valkey: '8', memcached: '1.6' };

const serverless: TypeOverlay = {
  forceNew: ['kms_key_id', 'major_engine_version', 'name', 'snapshot_arns_to_restore', 'subnet_ids'],
  identify: byAttribute('name'),
  compute: ({ value, run }) => {
    const name = textAt(value, 'name') ?? '';
    const engine = textAt(value, 'engine') ?? 'redis';
    const major = textAt(value, 'major_engine_version') ?? majors[engine] ?? '7';
    const address = host(run, 'cache', 'serverless', `${name}-${stableHex(run, 6, 'cache-domain')}`);
    return {
      id: name,
      arn: arn(run, 'elasticache', `serverlesscache:${name}`),
      'cache_usage_limits.data_storage.maximum': 5000,
      'cache_usage_limits.data_storage.minimum': 0,
      'cache_usage_limits.ecpu_per_second.maximum': 15_000_000,
      'cache_usage_limits.ecpu_per_second.minimum': 0,
      create_time: madeAt,
      daily_snapshot_time: '03:00',
      description: ' ',
      endpoint: [{ address, port: 6379 }],
      full_engine_version: `${major}.0`,
      major_engine_version: major,
      reader_endpoint: [{ address, port: 6380 }],
      region: run.region,
      security_group_ids: [],
      snapshot_retention_limit: 0,
      status: 'available',
      subnet_ids: [],
    };
  },
  faultsOf: (value) => {
    const name = textAt(value, 'name');
    return name === undefined || /^[a-z](-?[a-z0-9]){0,39}$/i.test(name)
      ? []
      : [`name "${name}": at most 40 letters, digits and single hyphens, first character a letter`];
  },
  alreadyExists: taken('Serverless Cache', 'ServerlessCacheAlreadyExistsFault'),
};

const user: TypeOverlay = {
  sensitive: ['authentication_mode.passwords', 'passwords'],
  forceNew: ['user_id', 'user_name'],
  defaults: { no_password_required: false },
  identify: byAttribute('user_id'),
  compute: ({ value, run }) => {
    const id = textAt(value, 'user_id') ?? '';
    return {
      id,
      arn: arn(run, 'elasticache', `user:${id}`),
      'authentication_mode.password_count': countAt(value, 'authentication_mode.passwords'),
      region: run.region,
    };
  },
  faultsOf: (value) => {
    const held = value['passwords'];
    const passwords: unknown[] = Array.isArray(held) ? held : [];
    const short = passwords.some((text) => typeof text === 'string' && !/^.{16,128}$/.test(text));
    return short ? ['expected length of passwords to be in the range (16 - 128)'] : [];
  },
  alreadyExists: taken('User', 'UserAlreadyExists'),
};

export const serverlessOverlays: Readonly<Record<string, TypeOverlay>> = {
  aws_elasticache_serverless_cache: serverless,
  aws_elasticache_user: user,
  aws_elasticache_user_group: {
    forceNew: ['user_group_id'],
    identify: byAttribute('user_group_id'),
    compute: ({ value, run }) => {
      const id = textAt(value, 'user_group_id') ?? '';
      return { id, arn: arn(run, 'elasticache', `usergroup:${id}`), region: run.region };
    },
    alreadyExists: taken('User Group', 'UserGroupAlreadyExists'),
  },
  aws_elasticache_parameter_group: {
    forceNew: ['description', 'family', 'name'],
    defaults: { description: 'Managed by Terraform' },
    identify: byAttribute('name'),
    compute: ({ value, run }) => {
      const name = textAt(value, 'name') ?? '';
      return { id: name, arn: arn(run, 'elasticache', `parametergroup:${name}`), region: run.region };
    },
    alreadyExists: taken('Parameter Group', 'CacheParameterGroupAlreadyExists'),
  },
};
