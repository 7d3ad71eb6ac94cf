import { z } from 'zod';
import { parameterValues, quickCreateUrl } from '../../src/onboarding/cloudformation.js';
import { issuerPlaceholder, type Onboarding } from '../../src/onboarding/onboarding.js';
import type { PolicyDocument } from '../../src/onboarding/policy-document.js';
import { controlServiceAccounts } from '../../src/onboarding/trust-policy.js';

export const formats = ['json', 'cloudformation', 'cloudformation_shared', 'terraform', 'cli'] as const;
export type Format = (typeof formats)[number];

export const onboardingQuery = z.strictObject({
  format: z
    .enum(formats)
    .optional()
    .describe(
      'wins over `Accept`; `cloudformation_shared` = the template without defaults of this account, for ONBOARDING_TEMPLATE_URL',
    ),
});

const document = z
  .looseObject({ Version: z.string(), Statement: z.array(z.unknown()) })
  .meta({ id: 'PolicyDocument', description: 'a policy of AWS IAM' });

const role = z
  .strictObject({
    phase: z.enum(['plan', 'apply']),
    name: z.string(),
    path: z.string(),
    role_arn: z.string(),
    trust_policy: document,
    policies: z.array(z.strictObject({ name: z.string(), document })),
  })
  .meta({ id: 'OnboardingRole' });

export const onboarding = z
  .strictObject({
    account_id: z.string(),
    cloud_account_id: z.string(),
    tenant_id: z.string(),
    regions: z.array(z.string()),
    name_prefix: z.string().describe("what names of the tenant's things begin with"),
    principal_arn: z.string().describe('who takes the roles'),
    external_id: z.string(),
    next_external_id: z.string().nullable().describe('the one that follows, while it is being rotated'),
    roles: z.array(role).describe('the one to plan, then the one to apply'),
    cloudformation: z.strictObject({
      parameters: z.record(z.string(), z.string()).describe('without ExternalIds, which is asked for'),
      quick_create_url: z
        .string()
        .nullable()
        .describe(
          'opens the console with all but the external id; null = ONBOARDING_TEMPLATE_URL is not set',
        ),
    }),
    control: z
      .strictObject({
        cloud_account_id: z.string(),
        policy: document.describe('what the role of Terrace may do'),
        irsa: z.strictObject({
          namespace: z.string(),
          service_accounts: z.array(z.string()),
          issuer_placeholder: z.string().describe('to be replaced in the trust policy, without https://'),
          trust_policy: document,
        }),
      })
      .describe("the control account's own side"),
  })
  .meta({ id: 'Onboarding' });

export function onboardingView(one: Onboarding, templateUrl: string | undefined): z.input<typeof onboarding> {
  return {
    account_id: one.accountId,
    cloud_account_id: one.place.accountId,
    tenant_id: one.tenantId,
    regions: [...one.regions],
    name_prefix: one.place.prefix,
    principal_arn: one.principalArn,
    external_id: one.externalIds.current,
    next_external_id: one.externalIds.next,
    roles: one.roles.map(({ phase, name, arn, trust, policies }) => ({
      phase,
      ...name,
      role_arn: arn,
      trust_policy: documentView(trust),
      policies: policies.map((policy) => ({ name: policy.name, document: documentView(policy.document) })),
    })),
    cloudformation: {
      parameters: parameterValues(one),
      quick_create_url: templateUrl === undefined ? null : quickCreateUrl(one, templateUrl),
    },
    control: {
      cloud_account_id: one.control.accountId,
      policy: documentView(one.control.policy),
      irsa: {
        namespace: controlServiceAccounts.namespace,
        service_accounts: [...controlServiceAccounts.names],
        issuer_placeholder: issuerPlaceholder,
        trust_policy: documentView(one.control.irsaTrust),
      },
    },
  };
}

function documentView({ Version, Statement }: PolicyDocument): z.input<typeof document> {
  return { Version, Statement: [...Statement] };
}
