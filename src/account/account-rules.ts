/** What an account may be, and what of it may change. Pure. */
import { isDeepStrictEqual } from 'node:util';
import { appError, type FieldFault } from '../errors/app-error.js';
import type { Account, AccountSettings, ChangeAccount } from './account.js';

/** The settings after the change. Throws `invalid_request` that names every fault at once. */
export function changedSettings(
  account: Pick<Account, 'provider' | 'cloudAccountId'> & AccountSettings,
  change: ChangeAccount,
): AccountSettings {
  const { name, regions, planRoleArn, applyRoleArn, chainRoleArns, cluster, state } = account;
  const settings = {
    name,
    regions,
    planRoleArn,
    applyRoleArn,
    chainRoleArns,
    cluster,
    state,
    ...defined(change),
  };
  const faults = account.provider === 'aws' ? awsFaults(account, settings) : sandboxFaults(settings);
  if (faults.length > 0)
    throw appError('invalid_request', faults.map(({ path, message }) => `${path}: ${message}`).join('; '), {
      errors: faults,
    });
  return settings;
}

/** Only the fields of a change that are given. */
function defined({ name, regions, planRoleArn, applyRoleArn, chainRoleArns, cluster, state }: ChangeAccount) {
  const fields = { name, regions, planRoleArn, applyRoleArn, chainRoleArns, cluster, state };
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Partial<AccountSettings>;
}

function awsFaults(
  { cloudAccountId }: Pick<Account, 'cloudAccountId'>,
  settings: AccountSettings,
): FieldFault[] {
  const faults: FieldFault[] = [];
  const roles = [
    ['plan_role_arn', settings.planRoleArn],
    ['apply_role_arn', settings.applyRoleArn],
  ] as const;
  for (const [path, arn] of roles)
    if (arn !== null && arn.split(':')[4] !== cloudAccountId)
      faults.push({ path, message: `must be a role of account ${cloudAccountId}` });
  return faults;
}

function sandboxFaults(settings: AccountSettings): FieldFault[] {
  const given = {
    plan_role_arn: settings.planRoleArn !== null,
    apply_role_arn: settings.applyRoleArn !== null,
    chain_role_arns: settings.chainRoleArns.length > 0,
    cluster: settings.cluster !== null,
    state: settings.state.kind !== 'managed',
  };
  return Object.entries(given)
    .filter(([, is]) => is)
    .map(([path]) => ({ path, message: 'is for aws accounts only' }));
}

/** Throws `account_in_use` when what lives in the account depends on what would change: its regions, its states, its cluster. */
export function assertChangeable(account: Account, change: ChangeAccount, liveEnvironments: number): void {
  if (liveEnvironments === 0) return;
  const held = [
    ['state', change.state !== undefined && !isDeepStrictEqual(change.state, account.state)],
    [
      'cluster',
      change.cluster !== undefined &&
        account.cluster !== null &&
        !isDeepStrictEqual(change.cluster, account.cluster),
    ],
  ] as const;
  const fields = held.filter(([, changes]) => changes).map(([field]) => field);
  if (fields.length > 0)
    throw appError(
      'account_in_use',
      `${fields.join(' and ')} of account ${account.accountId} cannot change while ${liveEnvironments} environments live in it`,
    );
}
