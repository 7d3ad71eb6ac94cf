import { textAt } from '../values.js';
import { arn, randomSuffix } from './derived-names.js';
import { byNumber, parentAt, prefixedName, refusedCall } from './overlay-aws-parts.js';
import type { TypeOverlay } from './overlay-type.js';

export const secretOverlays: Readonly<Record<string, TypeOverlay>> = {
  aws_secretsmanager_secret: {
    forceNew: ['name', 'name_prefix'],
    defaults: { force_overwrite_replica_secret: false, recovery_window_in_days: 30 },
    names: prefixedName,
    identify: (value) => {
      const name = textAt(value, 'name');
      return name === undefined ? undefined : { ...byNumber(value), naturalKey: name, name };
    },
    compute: ({ value, run }) => {
      const id =
        textAt(value, 'id') ??
        arn(run, 'secretsmanager', `secret:${textAt(value, 'name')}-${randomSuffix(6)}`);
      return {
        id,
        arn: id,
        name_prefix: '',
        policy: '',
        region: run.region,
        'replica.status': 'InSync',
        'replica.status_message': '',
        'replica.last_accessed_date': '',
        'replica.kms_key_id': 'alias/aws/secretsmanager',
      };
    },
    faultsOf: ({ recovery_window_in_days: days }) =>
      typeof days === 'number' && days !== 0 && (days < 7 || days > 30)
        ? [`expected recovery_window_in_days to be 0 or in the range (7 - 30), got ${days}`]
        : [],
    alreadyExists: (_value, { name }) =>
      refusedCall(
        `creating Secrets Manager Secret (${name})`,
        'Secrets Manager',
        'CreateSecret',
        `ResourceExistsException: The operation failed because the secret ${name} already exists.`,
      ),
  },
  aws_secretsmanager_secret_version: {
    sensitive: ['secret_binary', 'secret_string', 'secret_string_wo'],
    writeOnly: ['secret_string_wo'],
    forceNew: ['secret_binary', 'secret_id', 'secret_string', 'secret_string_wo_version'],
    identify: (value) =>
      byNumber(value, parentAt(value, 'secret_id', 'aws_secretsmanager_secret', 'may be elsewhere')),
    compute: ({ value, run }) => {
      const secret = textAt(value, 'secret_id') ?? '';
      const version = `terraform-${randomSuffix(26)}`;
      return {
        id: `${secret}|${version}`,
        arn: secret,
        has_secret_string_wo: value['secret_string_wo_version'] !== null,
        region: run.region,
        version_id: version,
        version_stages: ['AWSCURRENT'],
      };
    },
  },
};
