import type { Queryable } from '../db/db.js';
import { createVersionedStore, type Versioned } from '../tenant/versioned-store.js';
import { builtInRule, type ReviewRule, type RuleSettings } from './review-rules.js';

/** Its key is the class; null = any. One for all tenants counts where a tenant has none of its own. */
export type StoredRule = Versioned<RuleSettings, string | null>;

/** Rules of review, with every version they had. */
export const ruleStore = createVersionedStore<RuleSettings, string | null>({
  table: 'review_rules',
  versions: 'review_rule_versions',
  id: 'rule_id',
  key: 'class',
  noun: 'review rule',
  taken: (name) =>
    `there is a review rule for ${name === null ? 'any class' : `class ${name}`} already: change that one`,
});

/**
 * The rule of an environment of that class: the tenant's for the class, the common one for the class, the tenant's for any
 * class, the common one for any class, the built-in one.
 */
export async function ruleFor(
  db: Queryable,
  { tenantId, class: name }: { tenantId: string; class: string | null },
): Promise<ReviewRule> {
  const { rows } = await db.query<ReviewRule>(
    `select rule_id as "ruleId", version, class, settings from review_rules
     where deleted_at is null and (tenant_id = $1 or tenant_id is null) and (class = $2 or class is null)
     order by class is null, tenant_id is null limit 1`,
    [tenantId, name],
  );
  return rows[0] ?? builtInRule;
}

/** The class of an environment: its label of that name. */
export function classOf({ labels }: { readonly labels: Readonly<Record<string, string>> }): string | null {
  return labels['class'] ?? null;
}
