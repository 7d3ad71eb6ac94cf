import { conditions } from '../../src/onboarding/conditions.js';
import { onboardingOf, type Onboarding, type OnboardingFacts } from '../../src/onboarding/onboarding.js';
import type { Phase } from '../../src/onboarding/needs.js';
import { permissionPolicies } from '../../src/onboarding/permission-policies.js';
import { sampleContext } from '../../src/onboarding/sample-calls.js';
import { anAccount } from '../credentials/an-account.js';
import { decide, type Decision, type Policy } from '../support/fake-aws/policy.js';

/** The account of test/stacks/inputs.ts. */
export const place = {
  partition: 'aws',
  accountId: '123456789012',
  prefix: 'acme-',
  planRole: { name: 'terrace-plan', path: '/' },
  applyRole: { name: 'terrace-apply', path: '/' },
  regions: ['eu-central-1'],
};

export function anOnboarding(over: Partial<OnboardingFacts> = {}): Onboarding {
  return onboardingOf({
    account: anAccount(place.accountId),
    tenantSlug: 'acme',
    externalIds: { current: 'terrace-secret', next: null },
    control: { accountId: '999999999999' },
    ...over,
  });
}

/** All policies of a role as one. */
export function policyOf(phase: Phase): Policy {
  const documents = permissionPolicies(phase, place);
  return {
    Version: '2012-10-17',
    Statement: documents.flatMap(({ Statement }) => Statement) as Policy['Statement'],
  };
}

const policies = { plan: policyOf('plan'), apply: policyOf('apply') };
const who = { environmentId: 'env_1', tenantId: 'ten_1', region: 'eu-central-1' };

/** What a session of `env_1` says of itself and of what it asks for; `undefined` takes a value away. */
export function contextOf(over: Readonly<Record<string, string | undefined>> = {}): Record<string, string> {
  const all = { ...sampleContext(place, who), ...over };
  return Object.fromEntries(
    Object.entries(all).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}

export function may(
  phase: Phase,
  action: string,
  resource: string,
  over: Readonly<Record<string, string | undefined>> = {},
): Decision {
  return decide(policies[phase], { action, resource, context: contextOf(over) });
}

/** The condition keys of a condition, short: `RequestTag`, `ec2:CreateAction`. */
export function keysOf(when: keyof typeof conditions): string[] {
  return Object.values(conditions[when](place) ?? {})
    .flatMap((keys) => Object.keys(keys as object))
    .map((key) => key.replace(/^aws:(RequestTag|ResourceTag)\/.*/, '$1'));
}
