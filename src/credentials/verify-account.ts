/**
 * Proves that an account can be used, and by Terrace alone: its roles can be assumed with the external id, cannot be assumed
 * without it or with another one (else any customer of Terrace could have it act in this account), and lead where was said.
 */
import { randomBytes } from 'node:crypto';
import type { Account, ExternalIds } from '../account/account.js';
import type { AccountCheck } from '../account/verification.js';
import { AppError, toAppError } from '../errors/app-error.js';
import type { AwsConnection } from './aws-connection.js';
import { failedCheck, passedCheck } from './check.js';
import { preflight } from './preflight.js';
import { assumeSession, callerAccount, sessionName, type SessionKeys } from './session.js';

export interface VerifyProps {
  readonly account: Account;
  readonly externalIds: ExternalIds;
  /** Names of the tenant's things begin with it. */
  readonly tenantSlug: string;
  /** Address blocks wanted for new networks. @default none */
  readonly cidrBlocks?: readonly string[];
}

export type Phase = 'plan' | 'apply';

export function roleOf(account: Account, phase: Phase): string | null {
  return phase === 'plan' ? account.planRoleArn : account.applyRoleArn;
}

/** All checks, in order; those that need a session are left out where none was had. */
export async function verifyAccount(aws: AwsConnection, props: VerifyProps): Promise<AccountCheck[]> {
  const { account } = props;
  const [plan, apply] = await Promise.all([
    proveRole(aws, props, 'plan'),
    account.applyRoleArn === account.planRoleArn && account.planRoleArn !== null
      ? sameRole(account.planRoleArn)
      : proveRole(aws, props, 'apply'),
  ]);
  const checks = [...plan.checks, ...apply.checks];
  if (plan.keys === undefined) return checks;
  return [
    ...checks,
    ...(await preflight(aws, {
      account,
      tenantSlug: props.tenantSlug,
      keys: plan.keys,
      cidrBlocks: props.cidrBlocks ?? [],
    })),
  ];
}

interface Proof {
  readonly checks: readonly AccountCheck[];
  readonly keys?: SessionKeys;
}

async function proveRole(
  aws: AwsConnection,
  { account, externalIds }: VerifyProps,
  phase: Phase,
): Promise<Proof> {
  const name = `assume_${phase}_role`;
  const roleArn = roleOf(account, phase);
  if (roleArn === null)
    return {
      checks: [
        failedCheck(name, 'role_not_assumable', `${phase}_role_arn is not set: make the role, then set it`),
      ],
    };
  const assume = (ids: readonly string[]) =>
    assumeSession(aws, {
      roleArn,
      chainRoleArns: account.chainRoleArns,
      externalIds: ids,
      region: account.regions[0] ?? 'us-east-1',
      name: sessionName(`verify-${account.accountId}`),
      // A role that takes no tags would refuse every run.
      tags: { 'terrace.dev/tenant-id': account.tenantId, 'terrace.dev/phase': phase },
    });
  let keys: SessionKeys;
  try {
    keys = await assume([externalIds.current, ...(externalIds.next === null ? [] : [externalIds.next])]);
  } catch (error) {
    return { checks: [checkOf(name, error)] };
  }
  const metadata = { role_arn: roleArn };
  const checks = [
    passedCheck(name, 'the role can be assumed with the external id', metadata),
    await refuses(`${phase}_role_refuses_no_external_id`, () => assume([]), 'without an external id'),
    await refuses(
      `${phase}_role_refuses_wrong_external_id`,
      () => assume([`terrace-wrong-${randomBytes(16).toString('hex')}`]),
      'with a wrong external id',
    ),
    await identity(aws, { account, keys, phase }),
  ];
  return { checks, keys };
}

function sameRole(roleArn: string): Proof {
  const check: AccountCheck = {
    name: 'assume_apply_role',
    status: 'warning',
    code: null,
    message: 'plans and applies use the same role: a plan needs to read only, make a role for each',
    metadata: { role_arn: roleArn },
  };
  return { checks: [check] };
}

/** Passed when STS says no. A call that was not answered proves nothing, and so fails. */
async function refuses(name: string, attempt: () => Promise<unknown>, how: string): Promise<AccountCheck> {
  try {
    await attempt();
  } catch (error) {
    if (error instanceof AppError && error.code === 'role_not_assumable')
      return passedCheck(name, `the role refuses ${how}`);
    return checkOf(name, error);
  }
  const remedy = 'add the condition StringEquals sts:ExternalId to its trust policy';
  return failedCheck(
    name,
    'external_id_not_required',
    `the role can be assumed ${how}: anybody who may call Terrace could reach this account; ${remedy}`,
  );
}

async function identity(
  aws: AwsConnection,
  { account, keys, phase }: { account: Account; keys: SessionKeys; phase: Phase },
): Promise<AccountCheck> {
  const name = `${phase}_role_identity`;
  try {
    const caller = await callerAccount(aws, { region: account.regions[0] ?? 'us-east-1', keys });
    if (caller.account === account.cloudAccountId)
      return passedCheck(name, `the session is in account ${account.cloudAccountId}`);
    return failedCheck(
      name,
      'wrong_cloud_account',
      `the session is in another account than ${account.cloudAccountId}: correct the role, or record the account that it is in`,
    );
  } catch (error) {
    return checkOf(name, error);
  }
}

function checkOf(name: string, thrown: unknown): AccountCheck {
  const error = toAppError(thrown);
  return failedCheck(name, error.code, error.message, error.extra);
}
