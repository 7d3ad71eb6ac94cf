/** What a session may not do, whatever its role may: the second fence, made anew for each run. Pure. */
import type { Account } from '../account/account.js';
import { partitionOf } from './partition.js';

export interface SessionPolicyProps {
  readonly environmentId: string;
  readonly region: string;
  readonly phase: 'plan' | 'apply';
  /** States in its bucket are not for terraform, its providers and what they run: the worker brings them. */
  readonly account?: Pick<Account, 'state' | 'planRoleArn'>;
}

/** AWS refuses longer ones. */
export const longestPolicy = 2048;

/** Services that are global, or answer from one region for all of them. */
const everywhere = [
  'iam',
  'sts',
  'route53',
  'route53domains',
  'cloudfront',
  'organizations',
  'support',
  'budgets',
];

/** Nothing that an environment needs, and all that a stolen session would be used for. */
const never = [
  'sts:AssumeRole',
  'organizations:*',
  'account:*',
  'iam:CreateUser',
  'iam:CreateAccessKey',
  'iam:CreateLoginProfile',
  'iam:UpdateAssumeRolePolicy',
  'cloudtrail:StopLogging',
  'cloudtrail:DeleteTrail',
];

/**
 * The inline session policy as JSON: the role's rights, less what no run needs, other regions, and whatever is tagged as
 * another environment's (https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session).
 */
export function sessionPolicy({ environmentId, region, phase, account }: SessionPolicyProps): string {
  const tag = 'aws:ResourceTag/terrace.dev/environment-id';
  const deny = (Sid: string, rest: Readonly<Record<string, unknown>>) => ({
    Sid,
    Effect: 'Deny',
    Resource: '*',
    ...rest,
  });
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Sid: 'AsTheRole', Effect: 'Allow', Action: '*', Resource: '*' },
      deny('Never', { Action: phase === 'plan' ? [...never, 'iam:PassRole', 'iam:CreateRole'] : never }),
      deny('OneRegion', {
        NotAction: [...everywhere.map((service) => `${service}:*`), 'tag:GetResources'],
        Condition: { StringNotEquals: { 'aws:RequestedRegion': [region] } },
      }),
      deny('OneEnvironment', {
        Action: '*',
        Condition: { StringNotEquals: { [tag]: environmentId }, Null: { [tag]: 'false' } },
      }),
      ...(account?.state.kind === 's3'
        ? [
            deny('States', {
              Action: 's3:*',
              Resource: `arn:${partitionOf(account.planRoleArn)}:s3:::${account.state.bucket}/environments/*`,
            }),
          ]
        : []),
    ],
  });
}
