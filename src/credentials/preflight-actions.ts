/** Whether the roles may do what environments need, by IAM's own simulation. */
import {
  IAMClient,
  SimulatePrincipalPolicyCommand,
  type SimulatePrincipalPolicyCommandInput,
} from '@aws-sdk/client-iam';
import type { AccountCheck } from '../account/verification.js';
import { roleName, type Place } from '../onboarding/resource-kinds.js';
import { sampleCalls, sampleContext } from '../onboarding/sample-calls.js';
import { tenantPrefix } from '../spec/names.js';
import { partitionOf } from '../spec/partition.js';
import { clientConfig, type AwsConnection } from './aws-connection.js';
import { passedCheck, unreadable, warningCheck } from './check.js';
import type { PreflightProps } from './preflight.js';

type Entry = NonNullable<SimulatePrincipalPolicyCommandInput['ContextEntries']>[number];

/** Values that conditions of the roles' policies ask for; a policy that asks for another one is told as a warning only. */
function contextOf({ account }: PreflightProps, place: Place): Entry[] {
  const region = account.regions[0] ?? 'us-east-1';
  const who = { environmentId: 'env_00000000000000000000000000', tenantId: account.tenantId, region };
  return Object.entries(sampleContext(place, who)).map(([ContextKeyName, value]) => ({
    ContextKeyName,
    ContextKeyType: 'string',
    ContextKeyValues: [value],
  }));
}

function placeOf({ account, tenantSlug }: PreflightProps): Place {
  return {
    partition: partitionOf(account.regions[0] ?? ''),
    accountId: account.cloudAccountId,
    prefix: tenantPrefix(tenantSlug),
    planRole: roleName(account.planRoleArn, 'terrace-plan'),
    applyRole: roleName(account.applyRoleArn, 'terrace-apply'),
  };
}

export async function checkActions(aws: AwsConnection, props: PreflightProps): Promise<AccountCheck[]> {
  return Promise.all([checkRole(aws, props, 'plan'), checkRole(aws, props, 'apply')]);
}

async function checkRole(
  aws: AwsConnection,
  props: PreflightProps,
  phase: 'plan' | 'apply',
): Promise<AccountCheck> {
  const { account, keys } = props;
  const name = `${phase}_role_actions`;
  const client = new IAMClient(clientConfig(aws, { region: account.regions[0] ?? 'us-east-1', keys }));
  const place = placeOf(props);
  try {
    const refused: string[] = [];
    // One after the other: each is about a resource of its own, and IAM asks for few calls at once.
    for (const { action, resourceArn } of sampleCalls(phase, place)) {
      const { EvaluationResults = [] } = await client.send(
        new SimulatePrincipalPolicyCommand({
          PolicySourceArn: (phase === 'plan' ? account.planRoleArn : account.applyRoleArn) ?? '',
          ActionNames: [action],
          ...(resourceArn === undefined ? {} : { ResourceArns: [resourceArn] }),
          ContextEntries: contextOf(props, place),
        }),
      );
      if (EvaluationResults.some(({ EvalDecision }) => EvalDecision !== 'allowed')) refused.push(action);
    }
    if (refused.length === 0) return passedCheck(name, `the ${phase} role may do what environments need`);
    const text = `the ${phase} role may not ${refused.join(', ')}: compare its policies with the onboarding documents, unless no environment needs that`;
    return warningCheck(name, 'cloud_access_denied', text, { actions: refused });
  } catch (error) {
    return unreadable(name, error, 'iam:SimulatePrincipalPolicy');
  } finally {
    client.destroy();
  }
}
