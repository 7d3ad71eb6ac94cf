/** Rules of review, with every version they had. */
import type { Queryable, Tx } from '../db/db.js';
import { appError } from '../errors/app-error.js';
import { toPage, type Page, type PageRequest } from '../lib/page.js';
import { builtInRule, type ReviewRule, type RuleSettings } from './review-rules.js';

export interface StoredRule extends ReviewRule {
  readonly ruleId: string;
  /** Null = of every tenant that has none of its own. */
  readonly tenantId: string | null;
  readonly createdAt: Date;
  readonly changedAt: Date;
  readonly changedBy: string;
}

const columns = `rule_id as "ruleId", version, class, settings, tenant_id as "tenantId", created_at as "createdAt",
  changed_at as "changedAt", changed_by as "changedBy"`;

/**
 * The rule of an environment of that class: the tenant's for the class, the common one for the class, the tenant's for any
 * class, the common one for any class, the built-in one.
 */
export async function ruleFor(
  db: Queryable,
  { tenantId, class: name }: { tenantId: string; class: string | null },
): Promise<ReviewRule> {
  const { rows } = await db.query<StoredRule>(
    `select ${columns} from review_rules
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

/** A rule that the tenant may see: its own, or one for all. Locked when `lock` says so. */
export async function getRule(
  db: Queryable,
  tenantId: string | null,
  ruleId: string,
  lock: 'lock' | 'read' = 'read',
): Promise<StoredRule> {
  if (lock === 'lock')
    await db.query(
      `select 1 from review_rules where rule_id = $1 and tenant_id is not distinct from $2 for update`,
      [ruleId, tenantId],
    );
  const { rows } = await db.query<StoredRule>(
    `select ${columns} from review_rules
     where rule_id = $2 and deleted_at is null and ($1::text is null or tenant_id = $1 or tenant_id is null)`,
    [tenantId, ruleId],
  );
  if (rows[0] === undefined) throw appError('not_found', `no review rule ${ruleId}`);
  return rows[0];
}

/** Rules newest first; `after` is the id last seen. */
export async function listRules(
  db: Queryable,
  filter: { readonly tenantId: string | null; readonly class?: string },
  page: PageRequest,
): Promise<Page<StoredRule>> {
  const { rows } = await db.query<StoredRule>(
    `select ${columns} from review_rules
     where deleted_at is null and ($1::text is null or tenant_id = $1 or tenant_id is null)
       and ($2::text is null or class = $2) and ($3::text is null or rule_id < $3)
     order by rule_id desc limit $4`,
    [filter.tenantId, filter.class ?? null, page.after ?? null, page.limit + 1],
  );
  return toPage(rows, page.limit, (rule) => rule.ruleId);
}

export type NewRule = Pick<StoredRule, 'ruleId' | 'tenantId' | 'class' | 'settings' | 'changedBy'>;

/** Inserts version 1; a second rule of the same tenant and class is `name_taken`. */
export async function insertRule(tx: Tx, rule: NewRule): Promise<void> {
  const { rowCount } = await tx.query(
    `insert into review_rules (rule_id, tenant_id, class, version, settings, changed_by) values ($1, $2, $3, 1, $4, $5)
     on conflict (tenant_id, class) where deleted_at is null do nothing`,
    [rule.ruleId, rule.tenantId, rule.class, rule.settings, rule.changedBy],
  );
  if (rowCount === 0)
    throw appError(
      'name_taken',
      `there is a review rule for ${rule.class === null ? 'any class' : `class ${rule.class}`} already: change that one`,
    );
  await insertVersion(tx, { ...rule, version: 1 });
}

type RuleVersion = Pick<StoredRule, 'ruleId' | 'version' | 'settings' | 'changedBy'>;

async function insertVersion(tx: Tx, one: RuleVersion): Promise<void> {
  await tx.query(
    `insert into review_rule_versions (rule_id, version, settings, changed_by) values ($1, $2, $3, $4)`,
    [one.ruleId, one.version, one.settings, one.changedBy],
  );
}

/** Makes those settings the next version of a rule that is locked. */
export async function saveRule(
  tx: Tx,
  rule: StoredRule,
  change: { readonly settings: RuleSettings; readonly changedBy: string },
): Promise<void> {
  const version = rule.version + 1;
  await tx.query(
    `update review_rules set version = $2, settings = $3, changed_by = $4, changed_at = now() where rule_id = $1`,
    [rule.ruleId, version, change.settings, change.changedBy],
  );
  await insertVersion(tx, { ...change, ruleId: rule.ruleId, version });
}

export async function deleteRule(tx: Tx, ruleId: string, by: string): Promise<void> {
  await tx.query(
    `update review_rules set deleted_at = now(), changed_by = $2, changed_at = now() where rule_id = $1`,
    [ruleId, by],
  );
}

export interface PastVersion {
  readonly version: number;
  readonly settings: RuleSettings;
  readonly changedBy: string;
  readonly changedAt: Date;
}

/** What a rule said, newest first. */
export async function listVersions(db: Queryable, ruleId: string): Promise<PastVersion[]> {
  const { rows } = await db.query<PastVersion>(
    `select version, settings, changed_by as "changedBy", changed_at as "changedAt"
     from review_rule_versions where rule_id = $1 order by version desc limit 1000`,
    [ruleId],
  );
  return rows;
}
