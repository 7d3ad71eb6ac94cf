/** Whether the roles may do what environments need, by IAM's own simulation. */
import { IAMClient, SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import type { AccountCheck } from '../account/verification.js';
import { clientConfig, type AwsConnection } from './aws-connection.js';
import { passedCheck, unreadable, warningCheck } from './check.js';
import type { PreflightProps } from './preflight.js';

/** What stands for the rest: the first call of each service that blueprints use. */
const needed = {
  plan: [
    'ec2:DescribeVpcs',
    'eks:DescribeCluster',
    'rds:DescribeDBInstances',
    'elasticache:DescribeReplicationGroups',
    's3:ListBucket',
    'iam:GetRole',
    'kms:DescribeKey',
    'logs:DescribeLogGroups',
    'secretsmanager:DescribeSecret',
  ],
  apply: [
    'ec2:CreateVpc',
    'eks:CreateCluster',
    'rds:CreateDBInstance',
    'elasticache:CreateReplicationGroup',
    's3:CreateBucket',
    'iam:CreateRole',
    'kms:CreateKey',
    'logs:CreateLogGroup',
    'secretsmanager:CreateSecret',
  ],
} as const;

/** Values that conditions of the roles' policies ask for; a policy that asks for another one is told as a warning only. */
function contextOf(account: PreflightProps['account']) {
  const entry = (key: string, value: string) => ({
    ContextKeyName: key,
    ContextKeyType: 'string' as const,
    ContextKeyValues: [value],
  });
  const id = 'env_00000000000000000000000000';
  return [
    entry('aws:RequestedRegion', account.regions[0] ?? 'us-east-1'),
    entry('aws:RequestTag/terrace.dev/environment-id', id),
    entry('aws:ResourceTag/terrace.dev/environment-id', id),
    entry('aws:PrincipalTag/terrace.dev/environment-id', id),
    entry('aws:PrincipalTag/terrace.dev/tenant-id', account.tenantId),
  ];
}

export async function checkActions(aws: AwsConnection, props: PreflightProps): Promise<AccountCheck[]> {
  return Promise.all([checkRole(aws, props, 'plan'), checkRole(aws, props, 'apply')]);
}

async function checkRole(
  aws: AwsConnection,
  { account, keys }: PreflightProps,
  phase: 'plan' | 'apply',
): Promise<AccountCheck> {
  const name = `${phase}_role_actions`;
  const client = new IAMClient(clientConfig(aws, { region: account.regions[0] ?? 'us-east-1', keys }));
  try {
    const { EvaluationResults = [] } = await client.send(
      new SimulatePrincipalPolicyCommand({
        PolicySourceArn: (phase === 'plan' ? account.planRoleArn : account.applyRoleArn) ?? '',
        ActionNames: [...needed[phase]],
        ContextEntries: contextOf(account),
      }),
    );
    const refused = EvaluationResults.filter((one) => one.EvalDecision !== 'allowed').map(
      (one) => one.EvalActionName ?? '',
    );
    if (refused.length === 0) return passedCheck(name, `the ${phase} role may do what environments need`);
    const text = `the ${phase} role may not ${refused.join(', ')}: compare its policies with the onboarding documents, unless no environment needs that`;
    return warningCheck(name, 'cloud_access_denied', text, { actions: refused });
  } catch (error) {
    return unreadable(name, error, 'iam:SimulatePrincipalPolicy');
  } finally {
    client.destroy();
  }
}
