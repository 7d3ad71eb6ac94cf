import { z } from 'zod';
import { roles } from '../../src/access/rights.js';
import { riskLevels } from '../../src/plan/risk.js';
import type { ReviewRule, RuleSettings } from '../../src/review/review-rules.js';
import type { StoredRule } from '../../src/review/rule-store.js';
import type { PastVersion } from '../../src/tenant/versioned-store.js';
import { anId, iso, pageOf, pageQuery, time } from './common.js';

const reviewers = roles.filter((role) => role !== 'service');

const autoApprove = z
  .strictObject({
    only_creates: z.boolean().default(true).describe('nothing is updated, replaced or deleted'),
    max_risk: z.enum(riskLevels).default('low'),
    max_monthly_cost: z
      .number()
      .min(0)
      .max(1e9)
      .nullable()
      .default(null)
      .describe('US dollars; a plan whose cost is not known is above any; null = no limit'),
  })
  .meta({ id: 'AutoApprove' });

const settings = {
  approvals: z.int().min(1).max(10).describe('how many people have to approve'),
  exclude_author: z.boolean().default(true).describe('whoever asked for the change does not count'),
  roles: z
    .array(z.enum(reviewers))
    .min(1)
    .max(reviewers.length)
    .refine((list) => new Set(list).size === list.length, { error: 'names a role twice' })
    .default(['approver', 'admin'])
    .describe('roles whose approval counts; they need the right `approve` besides'),
  auto_approve: autoApprove
    .nullable()
    .default(null)
    .describe('plans of environments with `review: auto` that need no person; null = none'),
};

const ruleClass = z
  .string()
  .regex(/^[a-z0-9A-Z]([a-zA-Z0-9._-]{0,61}[a-zA-Z0-9])?$/, {
    error: 'must be a value that a label can have',
  })
  .nullable();

export const ruleParams = z.strictObject({ rule_id: anId('`rule_...`') });
export const ruleQuery = z.strictObject({
  ...pageQuery(200, 50),
  tenant_id: anId('those of this tenant, and those of all').optional(),
  class: z.string().max(63).optional(),
});

export const createRule = z
  .strictObject({
    tenant_id: anId('null = of every tenant that has none of its own').nullable().default(null),
    class: ruleClass
      .default(null)
      .describe('of environments with the label `class` of this value; null = any'),
    ...settings,
  })
  .meta({ id: 'CreateReviewRule' });

export const changeRule = z.strictObject(settings).meta({ id: 'ChangeReviewRule' });

export function settingsOf(body: z.output<typeof changeRule>): RuleSettings {
  const { approvals, exclude_author, roles: who, auto_approve } = body;
  return { approvals, exclude_author, roles: who, auto_approve };
}

const told = { ...settings, auto_approve: autoApprove.nullable() };

export const reviewRule = z
  .strictObject({
    rule_id: z.string(),
    tenant_id: z.string().nullable(),
    class: z.string().nullable(),
    version: z.int(),
    ...told,
    created_at: time,
    changed_at: time,
    changed_by: z.string(),
  })
  .meta({ id: 'ReviewRule' });

export const rulePage = pageOf('ReviewRulePage', reviewRule);

const toldSettings = ({ approvals, exclude_author, roles: who, auto_approve }: RuleSettings) => ({
  approvals,
  exclude_author,
  roles: who.filter((role) => role !== 'service'),
  auto_approve,
});

export function ruleView(one: StoredRule): z.input<typeof reviewRule> {
  return {
    rule_id: one.id,
    tenant_id: one.tenantId,
    class: one.key,
    version: one.version,
    ...toldSettings(one.settings),
    created_at: iso(one.createdAt),
    changed_at: iso(one.changedAt),
    changed_by: one.changedBy,
  };
}

export const ruleVersions = z
  .strictObject({
    items: z.array(z.strictObject({ version: z.int(), ...told, changed_at: time, changed_by: z.string() })),
  })
  .meta({ id: 'ReviewRuleVersions' });

export function versionsView(versions: readonly PastVersion<RuleSettings>[]): z.input<typeof ruleVersions> {
  return {
    items: versions.map((one) => ({
      version: one.version,
      ...toldSettings(one.settings),
      changed_at: iso(one.changedAt),
      changed_by: one.changedBy,
    })),
  };
}

export const deletedRule = z
  .strictObject({ rule_id: z.string(), deleted: z.literal(true) })
  .meta({ id: 'DeletedReviewRule' });

/** The rule as a run tells it; `rule_id` null = the one that is there where nobody made one. */
export const reviewRuleRef = z
  .strictObject({ rule_id: z.string().nullable(), version: z.int(), class: z.string().nullable(), ...told })
  .meta({ id: 'ReviewRuleOfRun' });

export function ruleRefView(rule: ReviewRule): z.input<typeof reviewRuleRef> {
  return { rule_id: rule.ruleId, version: rule.version, class: rule.class, ...toldSettings(rule.settings) };
}
