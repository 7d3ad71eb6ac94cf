/** What the generated policies allow, asked of a small evaluator of IAM (test/support/fake-aws/policy.ts). */
import { describe, expect, test } from '@jest/globals';
import type { When } from '../../src/onboarding/conditions.js';
import { grantsOf, type Phase } from '../../src/onboarding/needs.js';
import { largestPolicy, mostPolicies, permissionPolicies } from '../../src/onboarding/permission-policies.js';
import { sizeOf } from '../../src/onboarding/policy-document.js';
import { arnsOf } from '../../src/onboarding/resource-kinds.js';
import { sampleArn, sampleCalls } from '../../src/onboarding/sample-calls.js';
import { may, place, policyOf } from './a-place.js';

const request = 'aws:RequestTag/terrace.dev/environment-id';
const resource = 'aws:ResourceTag/terrace.dev/environment-id';

/** What else a call has to say where that is the condition. */
const facts: Partial<Record<When, Readonly<Record<string, string | undefined>>>> = {
  made: { [resource]: undefined },
  tagged: { [resource]: undefined },
  ours: { [request]: undefined },
  retagged: { [request]: undefined },
  tagged_at_birth: { 'ec2:CreateAction': 'CreateVpc', [resource]: undefined },
  from_template: { 'ec2:LaunchTemplate': 'arn:aws:ec2:eu-central-1:123456789012:launch-template/lt-1' },
  to_flow_logs: { 'iam:PassedToService': 'vpc-flow-logs.amazonaws.com' },
  of_elasticache: { 'ec2:VpceServiceName': 'com.amazonaws.elasticache.serverless.eu-central-1.vpce-svc-1' },
  tagged_by_elasticache: {
    'ec2:CreateAction': 'CreateVpcEndpoint',
    'aws:RequestTag/AmazonElastiCacheManaged': 'true',
    [request]: undefined,
    [resource]: undefined,
  },
};

const phases: readonly Phase[] = ['plan', 'apply'];

describe.each(phases)('the policies to %s', (phase) => {
  test('allow each action that a blueprint needs, on what it needs it for', () => {
    for (const { actions, on, when } of grantsOf(phase))
      for (const action of actions)
        for (const arn of arnsOf(on, place)) {
          const sample = sampleArn(arn);
          expect([action, sample, when, may(phase, action, sample, facts[when])]).toEqual([
            action,
            sample,
            when,
            'allow',
          ]);
        }
  });

  test('allow nothing in another region', () => {
    for (const { action, resourceArn = '*' } of sampleCalls(phase, place).filter(
      // What is global is listed in a region of its own.
      ({ action }) => !/^(iam|tag):/.test(action),
    ))
      expect([action, may(phase, action, resourceArn, { 'aws:RequestedRegion': 'us-east-1' })]).toEqual([
        action,
        'deny',
      ]);
  });

  test('never allow what no environment needs', () => {
    const never = [
      'iam:CreateUser',
      'iam:CreateAccessKey',
      'iam:CreateLoginProfile',
      'iam:CreatePolicyVersion',
      'iam:UpdateAssumeRolePolicy',
      'iam:DeleteRolePermissionsBoundary',
      'sts:AssumeRole',
      'organizations:LeaveOrganization',
      'organizations:CreateAccount',
      'account:CloseAccount',
      'cloudtrail:StopLogging',
      'cloudtrail:DeleteTrail',
      's3:GetObject',
      's3:PutObject',
      's3:PutBucketAcl',
      'secretsmanager:GetSecretValue',
      'secretsmanager:DeleteSecret',
      'kms:DisableKey',
      'rds:CopyDBSnapshot',
      'rds:ModifyDBSnapshotAttribute',
      'ec2:CreateKeyPair',
      'ec2:TerminateInstances',
      'lambda:CreateFunction',
      'budgets:ModifyBudget',
    ];
    const everywhere = [
      '*',
      'arn:aws:iam::123456789012:role/acme-prod-x',
      'arn:aws:s3:::acme-prod-00000000/x',
      'arn:aws:iam::123456789012:role/terrace-apply',
    ];
    for (const action of never)
      for (const arn of everywhere)
        expect([action, arn, may(phase, action, arn)]).not.toEqual([action, arn, 'allow']);
  });

  test('name no action by a pattern', () => {
    const allowed = policyOf(phase).Statement.filter(({ Effect }) => Effect === 'Allow');
    expect(allowed.flatMap(({ Action = [] }) => Action).filter((action) => action.includes('*'))).toEqual([]);
    expect(
      allowed.filter(({ NotAction, NotResource }) => NotAction !== undefined || NotResource !== undefined),
    ).toEqual([]);
  });

  test('fit what IAM takes, whatever the names are; and each statement is said once', () => {
    const widest = {
      partition: 'aws-us-gov',
      accountId: '123456789012',
      prefix: 'abcdefghijklmno-',
      planRole: { name: 'p'.repeat(64), path: '/' },
      applyRole: { name: 'a'.repeat(64), path: '/' },
      regions: Array.from({ length: 50 }, (_one, index) => `ap-northeast-${index}`),
    };
    for (const props of [place, widest]) {
      const documents = permissionPolicies(phase, props);
      expect(documents.length).toBeLessThanOrEqual(mostPolicies);
      expect(documents.filter((document) => sizeOf(document) > largestPolicy)).toEqual([]);
      const sids = documents.flatMap(({ Statement }) => Statement.map(({ Sid }) => Sid));
      expect(new Set(sids).size).toBe(sids.length);
      for (const sid of sids) expect(sid).toMatch(/^[A-Za-z0-9]+$/);
    }
    expect(permissionPolicies(phase, widest).map(({ Statement }) => Statement.length)).toEqual(
      permissionPolicies(phase, place).map(({ Statement }) => Statement.length),
    );
  });
});

test('a plan changes nothing', () => {
  const reads = new Set(grantsOf('plan').flatMap(({ actions }) => actions));
  const changes = grantsOf('apply')
    .flatMap(({ actions }) => actions)
    .filter((action) => !reads.has(action));
  expect(changes.length).toBeGreaterThan(100);
  for (const action of reads) expect(action).toMatch(/:(Describe|Get|List|SimulatePrincipalPolicy)/);
});

/** Not of the session's environment: of another one, of nobody, and asked for by a session that says of no environment. */
const strangers = {
  'of another environment': { [resource]: 'env_2' },
  'without a tag': { [resource]: undefined },
  'for a session without an environment': { 'aws:PrincipalTag/terrace.dev/environment-id': undefined },
};

describe.each(Object.entries(strangers))('what is %s', (_name, over) => {
  const destructive = grantsOf('apply').flatMap(({ actions, on }) =>
    actions
      .filter(
        (action) =>
          /:(Delete|Release|Detach|Revoke|Schedule|Disassociate|Put|Modify|Update)/.test(action) &&
          !/^s3:|Alias$/.test(action),
      )
      .flatMap((action) => arnsOf(on, place).map((arn) => [action, sampleArn(arn)] as const)),
  );

  test('is neither changed nor deleted', () => {
    expect(destructive.length).toBeGreaterThan(60);
    for (const [action, arn] of destructive) {
      // A parameter group of AWS that a cache takes; the cache itself is asked for, too.
      if (arn.includes(':parametergroup:default.')) continue;
      expect([action, arn, may('apply', action, arn, { ...over, [request]: undefined })]).toEqual([
        action,
        arn,
        'implicit_deny',
      ]);
    }
  });
});

test.each([
  ['s3:DeleteBucket', 'arn:aws:s3:::acme-invoices'],
  ['s3:DeleteBucket', 'arn:aws:s3:::globex-prod-0a1b2c3d'],
  ['s3:DeleteObject', 'arn:aws:s3:::invoices/acme-prod-0a1b2c3d/x'],
  ['s3:PutBucketPolicy', 'arn:aws:s3:::logs'],
  ['kms:DeleteAlias', 'arn:aws:kms:eu-central-1:123456789012:alias/globex-prod'],
  ['iam:DeleteRole', 'arn:aws:iam::123456789012:role/admin'],
  ['rds:DeleteDBInstance', 'arn:aws:rds:eu-central-1:123456789012:db:invoices'],
  ['logs:DeleteLogGroup', 'arn:aws:logs:eu-central-1:123456789012:log-group:/aws/lambda/acme-prod'],
])('%s of %s is not allowed: it is not named as the tenant is', (action, arn) => {
  expect(may('apply', action, arn)).toBe('implicit_deny');
});

describe('an apply', () => {
  test('does not touch the roles of Terrace, though they were named and tagged as an environment is', () => {
    const own = {
      ...place,
      planRole: { name: 'acme-plan', path: '/' },
      applyRole: { name: 'acme-apply', path: '/' },
    };
    const statements = permissionPolicies('apply', own).flatMap(({ Statement }) => Statement);
    const deny = statements.find(({ Sid }) => Sid === 'OwnRoles');
    expect(deny).toMatchObject({
      Effect: 'Deny',
      Resource: ['arn:aws:iam::123456789012:role/acme-plan', 'arn:aws:iam::123456789012:role/acme-apply'],
    });
    for (const action of [
      'iam:PutRolePolicy',
      'iam:AttachRolePolicy',
      'iam:TagRole',
      'iam:PassRole',
      'iam:DeleteRole',
    ])
      expect(may('apply', action, 'arn:aws:iam::123456789012:role/terrace-apply')).toBe('deny');
  });

  test('hands nothing to another environment, and takes nothing from one', () => {
    const vpc = 'arn:aws:ec2:eu-central-1:123456789012:vpc/vpc-1';
    expect(may('apply', 'ec2:CreateTags', vpc, { [request]: 'env_2' })).toBe('implicit_deny');
    expect(may('apply', 'ec2:CreateTags', vpc, { [resource]: 'env_2' })).toBe('implicit_deny');
    const role = 'arn:aws:iam::123456789012:role/acme-prod-0a1b2c3d-nodes';
    expect(may('apply', 'iam:TagRole', role, { [resource]: 'env_2' })).toBe('implicit_deny');
  });

  test('tags what it makes at EC2, and does not adopt what was there', () => {
    const vpc = 'arn:aws:ec2:eu-central-1:123456789012:vpc/vpc-1';
    const untagged = { [resource]: undefined };
    expect(may('apply', 'ec2:CreateTags', vpc, untagged)).toBe('implicit_deny');
    expect(may('apply', 'ec2:CreateTags', vpc, { ...untagged, 'ec2:CreateAction': 'CreateVpc' })).toBe(
      'allow',
    );
  });

  test('attaches the policies of AWS that nodes and addons need, and no others', () => {
    const role = 'arn:aws:iam::123456789012:role/acme-prod-0a1b2c3d-nodes';
    expect(may('apply', 'iam:AttachRolePolicy', role)).toBe('allow');
    const admin = { 'iam:PolicyARN': 'arn:aws:iam::aws:policy/AdministratorAccess' };
    expect(may('apply', 'iam:AttachRolePolicy', role, admin)).toBe('implicit_deny');
  });

  test('passes roles to the services that take them, and to no others', () => {
    const role = 'arn:aws:iam::123456789012:role/acme-prod-0a1b2c3d-nodes';
    expect(may('apply', 'iam:PassRole', role)).toBe('allow');
    expect(may('apply', 'iam:PassRole', role, { 'iam:PassedToService': 'lambda.amazonaws.com' })).toBe(
      'implicit_deny',
    );
  });
});
