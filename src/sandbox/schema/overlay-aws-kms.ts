import { textAt } from '../values.js';
import { arn, randomSuffix } from './derived-names.js';
import { byAttribute, byNumber, parentAt, refusedCall } from './overlay-aws-parts.js';
import type { SandboxRun } from '../sandbox-run.js';
import type { TypeOverlay } from './overlay-type.js';

function newKeyId(): string {
  const hex = randomSuffix(32);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

const defaultPolicy = (run: SandboxRun) =>
  JSON.stringify({
    Id: 'key-default-1',
    Statement: [
      {
        Action: 'kms:*',
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${run.accountId}:root` },
        Resource: '*',
        Sid: 'Enable IAM User Permissions',
      },
    ],
    Version: '2012-10-17',
  });

export const kmsOverlays: Readonly<Record<string, TypeOverlay>> = {
  aws_kms_key: {
    forceNew: ['custom_key_store_id', 'customer_master_key_spec', 'key_usage', 'multi_region', 'xks_key_id'],
    defaults: {
      bypass_policy_lockout_safety_check: false,
      customer_master_key_spec: 'SYMMETRIC_DEFAULT',
      enable_key_rotation: false,
      is_enabled: true,
      key_usage: 'ENCRYPT_DECRYPT',
    },
    identify: (value) => byNumber(value),
    compute: ({ value, run }) => {
      const id = textAt(value, 'id') ?? newKeyId();
      return {
        id,
        arn: arn(run, 'kms', `key/${id}`),
        description: '',
        key_id: id,
        multi_region: false,
        policy: defaultPolicy(run),
        region: run.region,
        rotation_period_in_days: value['enable_key_rotation'] === true ? 365 : 0,
      };
    },
    faultsOf: ({ deletion_window_in_days: days }) =>
      typeof days === 'number' && (days < 7 || days > 30)
        ? [`expected deletion_window_in_days to be in the range (7 - 30), got ${days}`]
        : [],
  },
  aws_kms_alias: {
    forceNew: ['name', 'name_prefix'],
    names: (value) => ({ name: `${textAt(value, 'name_prefix') ?? 'alias/'}${randomSuffix(26)}` }),
    renewed: ['target_key_arn'],
    identify: (value) => {
      const identity = byAttribute('name')(value);
      const parent = parentAt(value, 'target_key_id', 'aws_kms_key', 'may be elsewhere');
      const objectId = parent?.objectId.split('/').at(-1) ?? '';
      return identity && parent ? { ...identity, parent: { ...parent, objectId } } : identity;
    },
    compute: ({ value, run }) => {
      const name = textAt(value, 'name') ?? '';
      const key = textAt(value, 'target_key_id') ?? '';
      return {
        id: name,
        arn: arn(run, 'kms', name),
        name_prefix: '',
        region: run.region,
        target_key_arn: key.startsWith('arn:') ? key : arn(run, 'kms', `key/${key}`),
      };
    },
    faultsOf: (value) => {
      const name = textAt(value, 'name');
      return name === undefined || /^alias\/[\w/-]+$/.test(name)
        ? []
        : [
            `name "${name}" must begin with 'alias/' and hold only letters, digits, hyphens, underscores and slashes`,
          ];
    },
    alreadyExists: (_value, { name }) =>
      refusedCall(
        `creating KMS Alias (${name})`,
        'KMS',
        'CreateAlias',
        `AlreadyExistsException: An alias with the name ${name} already exists`,
      ),
  },
};
