import { z } from 'zod';
import { builtinPolicies } from '../../src/policy/builtin-rules.js';
import { policyInput } from '../../src/policy/policy-input.js';
import type { StoredPolicy } from '../../src/policy/policy-store.js';
import type { PastVersion } from '../../src/tenant/versioned-store.js';
import type { Rehearsal } from '../../src/policy/policy-service.js';
import { policyVerdicts, type PolicyReport, type PolicySettings } from '../../src/policy/policy.js';
import { anId, iso, pageOf, pageQuery, time } from './common.js';

const builtinNames = Object.keys(builtinPolicies);

const settings = {
  enabled: z.boolean().default(true),
  expression: z
    .string()
    .min(1)
    .max(10_000)
    .nullable()
    .default(null)
    .describe('in CEL: true = the plan is fine; see docs/policies.md'),
  builtin: z.enum(builtinNames).nullable().default(null).describe('a policy that comes with Terrace'),
  params: z
    .record(z.string().max(63), z.json())
    .default({})
    .refine((params) => JSON.stringify(params).length <= 20_000, {
      error: 'must be 20,000 characters at most',
    })
    .describe('what the expression reads as `params`; a built-in policy has its own'),
  verdict: z.enum(policyVerdicts).describe('what follows when a plan breaks it'),
  message: z
    .string()
    .min(1)
    .max(2000)
    .nullable()
    .default(null)
    .describe('what is said then; `{{ expression }}` is replaced by its value'),
};

const oneRule = {
  check: ({ expression, builtin }: { expression: string | null; builtin: string | null }) =>
    (expression === null) !== (builtin === null),
  error: { error: 'give either `expression` or `builtin`', path: ['expression'] },
};

export const policyParams = z.strictObject({ policy_id: anId('`pol_...`') });
export const policyQuery = z.strictObject({
  ...pageQuery(200, 50),
  tenant_id: anId('those of this tenant, and those of all').optional(),
});
export const dryRunQuery = z.strictObject(pageQuery(50, 20));

export const createPolicy = z
  .strictObject({
    tenant_id: anId('null = of every tenant').nullable().default(null),
    name: z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, {
      error: 'must be 1 to 63 lower-case letters, digits and hyphens',
    }),
    ...settings,
  })
  .refine(oneRule.check, oneRule.error)
  .meta({ id: 'CreatePolicy' });

export const changePolicy = z
  .strictObject(settings)
  .refine(oneRule.check, oneRule.error)
  .meta({ id: 'ChangePolicy' });

export function policySettingsOf(body: z.output<typeof changePolicy>): PolicySettings {
  const { enabled, expression, builtin, params, verdict, message } = body;
  const rule =
    builtin === null
      ? ({ kind: 'expression', expression: expression ?? '' } as const)
      : ({ kind: 'builtin', name: builtin } as const);
  return { enabled, rule, params, verdict, message };
}

const told = {
  enabled: z.boolean(),
  expression: z.string().nullable(),
  builtin: z.string().nullable(),
  params: z.record(z.string(), z.unknown()),
  verdict: z.enum(policyVerdicts),
  message: z.string().nullable(),
};

const toldSettings = ({ enabled, rule, params, verdict, message }: PolicySettings) => ({
  enabled,
  expression: rule.kind === 'expression' ? rule.expression : null,
  builtin: rule.kind === 'builtin' ? rule.name : null,
  params: { ...params },
  verdict,
  message,
});

export const policy = z
  .strictObject({
    policy_id: z.string(),
    tenant_id: z.string().nullable(),
    name: z.string(),
    version: z.int(),
    ...told,
    created_at: time,
    changed_at: time,
    changed_by: z.string(),
  })
  .meta({ id: 'Policy' });

export const policyPage = pageOf('PolicyPage', policy);

export function policyView(one: StoredPolicy): z.input<typeof policy> {
  return {
    policy_id: one.id,
    tenant_id: one.tenantId,
    name: one.key,
    version: one.version,
    ...toldSettings(one.settings),
    created_at: iso(one.createdAt),
    changed_at: iso(one.changedAt),
    changed_by: one.changedBy,
  };
}

export const policyVersions = z
  .strictObject({
    items: z.array(z.strictObject({ version: z.int(), ...told, changed_at: time, changed_by: z.string() })),
  })
  .meta({ id: 'PolicyVersions' });

export function policyVersionsView(
  versions: readonly PastVersion<PolicySettings>[],
): z.input<typeof policyVersions> {
  return {
    items: versions.map((one) => ({
      version: one.version,
      ...toldSettings(one.settings),
      changed_at: iso(one.changedAt),
      changed_by: one.changedBy,
    })),
  };
}

export const deletedPolicy = z
  .strictObject({ policy_id: z.string(), deleted: z.literal(true) })
  .meta({ id: 'DeletedPolicy' });

export const checkedPolicy = z
  .strictObject({ valid: z.boolean(), fault: z.string().nullable() })
  .meta({ id: 'CheckedPolicy' });

const policyResult = z
  .strictObject({
    policy_id: z.string(),
    name: z.string(),
    version: z.int(),
    outcome: z
      .enum(['passed', 'failed', 'broken'])
      .describe('broken = it could not be judged, which denies whatever its verdict'),
    verdict: z.enum(policyVerdicts).nullable(),
    message: z.string().nullable(),
  })
  .meta({ id: 'PolicyResult' });

export const policyReport = z
  .strictObject({
    verdict: z.enum(['pass', ...policyVerdicts]).describe('the severest'),
    results: z.array(policyResult),
  })
  .meta({ id: 'PolicyReport' });

export function policyReportView({ verdict, results }: PolicyReport): z.input<typeof policyReport> {
  return { verdict, results: [...results] };
}

export const rehearsal = z
  .strictObject({
    plan_id: z.string(),
    run_id: z.string(),
    environment_id: z.string(),
    created_at: time,
    result: policyResult,
  })
  .meta({ id: 'PolicyRehearsal' });

export const rehearsalPage = pageOf('PolicyRehearsalPage', rehearsal);

export function rehearsalView(one: Rehearsal): z.input<typeof rehearsal> {
  return {
    plan_id: one.planId,
    run_id: one.runId,
    environment_id: one.environmentId,
    created_at: iso(one.createdAt),
    result: one.result,
  };
}

const jsonSchema = z.record(z.string(), z.unknown());

export const policyLanguage = z
  .strictObject({
    language: z.literal('CEL'),
    input: jsonSchema.describe('JSON Schema of what an expression reads'),
    builtins: z.array(
      z.strictObject({
        name: z.string(),
        about: z.string(),
        expression: z.string(),
        message: z.string(),
        params: jsonSchema.describe('JSON Schema of its parameters'),
      }),
    ),
  })
  .meta({ id: 'PolicyLanguage' });

export function policyLanguageView(): z.input<typeof policyLanguage> {
  return {
    language: 'CEL',
    input: { ...z.toJSONSchema(policyInput) },
    builtins: Object.entries(builtinPolicies).map(([name, { about, expression, message, params }]) => ({
      name,
      about,
      expression,
      message,
      params: { ...z.toJSONSchema(params, { io: 'input' }) },
    })),
  };
}
