import { expect, test } from '@jest/globals';
import { longestPolicy, sessionPolicy } from '../../src/credentials/session-policy.js';
import { decide, type Policy } from '../support/fake-aws/policy.js';

const props = {
  environmentId: 'env_06f3k2abcdefghjkmnpqrstvwx',
  region: 'eu-central-1',
  phase: 'apply',
} as const;
const policy = JSON.parse(sessionPolicy(props)) as Policy;
const tag = 'aws:ResourceTag/terrace.dev/environment-id';
const here = { 'aws:RequestedRegion': 'eu-central-1' };

test.each<[string, string, Record<string, string>, string]>([
  ['makes what is not tagged yet', 'rds:CreateDBInstance', here, 'allow'],
  ['changes its own', 'rds:DeleteDBInstance', { ...here, [tag]: props.environmentId }, 'allow'],
  ['does not touch another environment', 'rds:DeleteDBInstance', { ...here, [tag]: 'env_other' }, 'deny'],
  ['stays in its region', 'ec2:CreateVpc', { 'aws:RequestedRegion': 'us-east-1' }, 'deny'],
  ['reaches global services', 'iam:GetRole', { 'aws:RequestedRegion': 'us-east-1' }, 'allow'],
  ['makes no users', 'iam:CreateUser', here, 'deny'],
  ['goes to no further role', 'sts:AssumeRole', here, 'deny'],
])('a session %s', (_what, action, context, decision) => {
  expect(decide(policy, { action, resource: '*', context })).toBe(decision);
});

test('a plan hands no role on', () => {
  const plan = JSON.parse(sessionPolicy({ ...props, phase: 'plan' })) as Policy;
  const asked = { action: 'iam:PassRole', resource: '*', context: here };
  expect([decide(plan, asked), decide(policy, asked)]).toEqual(['deny', 'allow']);
});

test('the policy is within what AWS takes, with room for its packing', () => {
  expect(sessionPolicy({ ...props, phase: 'plan' }).length).toBeLessThan(longestPolicy / 1.5);
});

test("terraform and what it runs reach no state in the customer's bucket", () => {
  const state = { kind: 's3', bucket: 'states', region: 'eu-central-1', kmsKeyArn: null } as const;
  const account = { state, planRoleArn: 'arn:aws-cn:iam::230000000001:role/terrace-plan' };
  const text = sessionPolicy({ ...props, phase: 'plan', account });
  const may = (resource: string) =>
    decide(JSON.parse(text) as Policy, { action: 's3:GetObject', resource, context: here });
  expect(may(`arn:aws-cn:s3:::states/environments/${props.environmentId}/terraform.tfstate`)).toBe('deny');
  expect(may('arn:aws-cn:s3:::states/other')).toBe('allow');
  expect(text.length).toBeLessThan(longestPolicy / 1.5);
});
