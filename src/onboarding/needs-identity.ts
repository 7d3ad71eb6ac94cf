import { grant, lists, type NeedsTable } from './grant.js';

/** Roles, keys and logs. The trust policy of a role is not changed later: `iam:UpdateAssumeRolePolicy` is denied to every session. */
export const identityNeeds = {
  aws_iam_role: {
    read: [
      grant(
        'iam',
        'role',
        'always',
        'GetRole',
        'ListRolePolicies',
        'ListAttachedRolePolicies',
        'GetRolePolicy',
      ),
    ],
    write: [
      grant('iam', 'role', 'made', 'CreateRole'),
      grant('iam', 'role', 'ours', 'UpdateRole', 'UpdateRoleDescription', 'DeleteRole', 'UntagRole'),
      grant('iam', 'role', 'always', 'ListInstanceProfilesForRole'),
      grant('iam', 'role', 'tagged', 'TagRole'),
      grant('iam', 'role', 'retagged', 'TagRole'),
    ],
  },
  aws_iam_role_policy: {
    read: [grant('iam', 'role', 'always', 'GetRolePolicy')],
    write: [grant('iam', 'role', 'ours', 'PutRolePolicy', 'DeleteRolePolicy')],
  },
  aws_iam_role_policy_attachment: {
    read: [grant('iam', 'role', 'always', 'ListAttachedRolePolicies')],
    write: [grant('iam', 'role', 'known_policies', 'AttachRolePolicy', 'DetachRolePolicy')],
  },
  aws_iam_openid_connect_provider: {
    read: [grant('iam', 'oidc-provider', 'always', 'GetOpenIDConnectProvider')],
    write: [
      grant('iam', 'oidc-provider', 'made', 'CreateOpenIDConnectProvider'),
      grant('iam', 'oidc-provider', 'ours', 'DeleteOpenIDConnectProvider', 'UntagOpenIDConnectProvider'),
      grant('iam', 'oidc-provider', 'tagged', 'TagOpenIDConnectProvider'),
      grant('iam', 'oidc-provider', 'retagged', 'TagOpenIDConnectProvider'),
    ],
  },
  aws_kms_key: {
    read: [
      grant('kms', 'key', 'ours', 'DescribeKey', 'GetKeyPolicy', 'GetKeyRotationStatus', 'ListResourceTags'),
    ],
    write: [
      grant('kms', 'all', 'made', 'CreateKey'),
      grant(
        'kms',
        'key',
        'ours',
        'EnableKeyRotation',
        'PutKeyPolicy',
        'UpdateKeyDescription',
        'ScheduleKeyDeletion',
        'UntagResource',
      ),
      grant('kms', 'key', 'tagged', 'TagResource'),
      grant('kms', 'key', 'retagged', 'TagResource'),
    ],
  },
  aws_kms_alias: {
    read: [lists('kms', 'ListAliases')],
    write: [
      grant('kms', 'alias', 'always', 'CreateAlias', 'UpdateAlias', 'DeleteAlias'),
      grant('kms', 'key', 'ours', 'CreateAlias', 'UpdateAlias', 'DeleteAlias'),
    ],
  },
  aws_cloudwatch_log_group: {
    read: [lists('logs', 'DescribeLogGroups'), grant('logs', 'log-group', 'always', 'ListTagsForResource')],
    write: [
      grant('logs', 'log-group', 'made', 'CreateLogGroup'),
      grant(
        'logs',
        'log-group',
        'ours',
        'PutRetentionPolicy',
        'AssociateKmsKey',
        'DisassociateKmsKey',
        'DeleteLogGroup',
        'UntagResource',
      ),
      grant('logs', 'log-group', 'tagged', 'TagResource'),
      grant('logs', 'log-group', 'retagged', 'TagResource'),
    ],
  },
} as const satisfies NeedsTable;
