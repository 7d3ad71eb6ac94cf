/** All that a customer needs to let Terrace into an account, from facts. Pure. */
import type { Account, ExternalIds } from '../account/account.js';
import { appError } from '../errors/app-error.js';
import { tenantPrefix } from '../spec/names.js';
import { partitionOf } from '../spec/partition.js';
import type { Phase } from './needs.js';
import { permissionPolicies } from './permission-policies.js';
import type { PolicyDocument } from './policy-document.js';
import { roleName, type Place, type RoleName } from './resource-kinds.js';
import { regionsOf, statesPolicy, type StatePolicyProps } from './state-policy.js';
import { controlPolicy, irsaTrustPolicy, trustPolicy } from './trust-policy.js';

/** Where Terrace itself runs; from settings. */
export interface ControlAccount {
  /** Twelve digits. */
  readonly accountId?: string;
  /** The one role that takes customers' roles. @default any principal of the control account that its own policies let */
  readonly roleArn?: string;
}

export interface OnboardingFacts {
  readonly account: Account;
  readonly tenantSlug: string;
  readonly externalIds: ExternalIds;
  readonly control: ControlAccount;
}

export interface OnboardingRole {
  readonly phase: Phase;
  readonly name: RoleName;
  readonly arn: string;
  readonly trust: PolicyDocument;
  readonly policies: readonly { readonly name: string; readonly document: PolicyDocument }[];
}

export interface Onboarding {
  readonly place: Place;
  readonly regions: readonly string[];
  /** The customer's bucket of states; null = Terrace keeps them. */
  readonly states: StatePolicyProps | null;
  readonly tenantId: string;
  readonly accountId: string;
  /** Who takes the roles. */
  readonly principalArn: string;
  readonly externalIds: ExternalIds;
  /** Plan, then apply. */
  readonly roles: readonly OnboardingRole[];
  readonly control: {
    readonly accountId: string;
    readonly policy: PolicyDocument;
    readonly irsaTrust: PolicyDocument;
  };
}

/** Stands in the control account's trust policy for the issuer of the cluster that Terrace runs in. */
export const issuerPlaceholder = 'ISSUER_OF_THE_CLUSTER';

/** Throws `control_account_unknown`, `account_not_usable`. */
export function onboardingOf({ account, tenantSlug, externalIds, control }: OnboardingFacts): Onboarding {
  const partition = partitionOf(account.regions[0] ?? '');
  const principalArn = principalOf(account, control, partition);
  const place = {
    partition,
    accountId: account.cloudAccountId,
    prefix: tenantPrefix(tenantSlug),
    planRole: roleName(account.planRoleArn, 'terrace-plan'),
    applyRole: roleName(account.applyRoleArn, 'terrace-apply'),
  };
  const regions = regionsOf(account);
  const states = account.state.kind === 's3' ? { ...account.state, partition } : null;
  const trust = { principalArn, externalIds: valuesOf(externalIds), tenantId: account.tenantId };
  const roles = (['plan', 'apply'] as const).map((phase): OnboardingRole => {
    const name = phase === 'plan' ? place.planRole : place.applyRole;
    return {
      phase,
      name,
      arn: `arn:${partition}:iam::${place.accountId}:role${name.path}${name.name}`,
      trust: trustPolicy(phase, trust),
      policies: [
        ...permissionPolicies(phase, { ...place, regions }).map((document, index) => ({
          name: `${name.name}-${index + 1}`,
          document,
        })),
        ...(states === null ? [] : [{ name: `${name.name}-states`, document: statesPolicy(states) }]),
      ],
    };
  });
  const controlId = controlAccountId(control);
  return {
    place,
    regions,
    states,
    tenantId: account.tenantId,
    accountId: account.accountId,
    principalArn,
    externalIds,
    roles,
    control: {
      accountId: controlId,
      policy: controlPolicy(account.chainRoleArns.slice(0, 1).concat(reachable(account, roles))),
      irsaTrust: irsaTrustPolicy({ partition, controlAccountId: controlId, issuer: issuerPlaceholder }),
    },
  };
}

/** What the control account takes itself: the first role of a chain takes the rest. */
function reachable({ chainRoleArns }: Account, roles: readonly OnboardingRole[]): string[] {
  if (chainRoleArns.length > 0) return [];
  return roles.map(
    ({ name: { path, name } }) => `arn:${roles[0]?.arn.split(':')[1] ?? 'aws'}:iam::*:role${path}${name}`,
  );
}

function valuesOf({ current, next }: ExternalIds): string | readonly string[] {
  return next === null ? current : [current, next];
}

/** `account` of an ARN such as `arn:aws:iam::123456789012:role/x`. */
const partOf = (arn: string, index: number) => arn.split(':')[index] ?? '';

function controlAccountId({ accountId, roleArn }: ControlAccount): string {
  const id = accountId ?? (roleArn === undefined ? undefined : partOf(roleArn, 4));
  if (id !== undefined) return id;
  throw appError(
    'control_account_unknown',
    'Terrace does not know which cloud account it acts from: set CONTROL_ACCOUNT_ID, or CONTROL_ROLE_ARN',
  );
}

function principalOf(account: Account, control: ControlAccount, partition: string): string {
  const root = `arn:${partition}:iam::${controlAccountId(control)}:root`;
  const principal = account.chainRoleArns.at(-1) ?? control.roleArn ?? root;
  if (partOf(principal, 1) === partition) return principal;
  throw appError(
    'account_not_usable',
    `account ${account.accountId} has regions of partition ${partition}, and ${principal} is in another: roles are not taken across partitions, so set a role of ${partition}`,
  );
}
