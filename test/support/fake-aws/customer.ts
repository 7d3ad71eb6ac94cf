/** Customers' accounts as the onboarding asks for them. */
import type { Policy } from './policy.js';
import { controlAccount } from './server.js';
import type { FakeAccount, FakeRole } from './world.js';

/** Trusts the control account, with this external id, or one of these; `null` = with any or none, which is the mistake to be found. */
export function trustOf(externalId: string | readonly string[] | null): Policy {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${controlAccount}:root` },
        Action: ['sts:AssumeRole', 'sts:TagSession'],
        ...(externalId === null ? {} : { Condition: { StringEquals: { 'sts:ExternalId': externalId } } }),
      },
    ],
  };
}

export const planRole = (account: string) => `arn:aws:iam::${account}:role/terrace-plan`;
export const applyRole = (account: string) => `arn:aws:iam::${account}:role/terrace-apply`;

/** An account with a role to plan and a role to apply. */
export function customer(
  externalId: string | readonly string[] | null,
  over: FakeAccount & { readonly role?: Partial<FakeRole> } = {},
): FakeAccount {
  const { role, ...rest } = over;
  const made: FakeRole = { trust: trustOf(externalId), ...role };
  return { roles: { 'terrace-plan': made, 'terrace-apply': made }, ...rest };
}
