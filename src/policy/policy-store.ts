/** Policies, with every version they had. */
import type { Queryable, Tx } from '../db/db.js';
import { appError } from '../errors/app-error.js';
import { toPage, type Page, type PageRequest } from '../lib/page.js';
import type { PolicyRef, PolicySettings } from './policy.js';

export interface StoredPolicy extends PolicyRef {
  /** Null = of every tenant. */
  readonly tenantId: string | null;
  readonly createdAt: Date;
  readonly changedAt: Date;
  readonly changedBy: string;
}

const columns = `policy_id as "policyId", name, version, settings, tenant_id as "tenantId", created_at as "createdAt",
  changed_at as "changedAt", changed_by as "changedBy"`;

/** What a plan of the tenant is judged by: those for all and its own, switched on. */
export async function policiesInForce(db: Queryable, tenantId: string): Promise<StoredPolicy[]> {
  const { rows } = await db.query<StoredPolicy>(
    `select ${columns} from policies
     where deleted_at is null and (tenant_id = $1 or tenant_id is null) and (settings ->> 'enabled')::boolean
     order by tenant_id nulls first, name limit 200`,
    [tenantId],
  );
  return rows;
}

/** A policy that the tenant may see: its own, or one for all. Locked when `lock` says so. */
export async function getPolicy(
  db: Queryable,
  tenantId: string | null,
  policyId: string,
  lock: 'lock' | 'read' = 'read',
): Promise<StoredPolicy> {
  if (lock === 'lock')
    await db.query(
      `select 1 from policies where policy_id = $1 and tenant_id is not distinct from $2 for update`,
      [policyId, tenantId],
    );
  const { rows } = await db.query<StoredPolicy>(
    `select ${columns} from policies
     where policy_id = $2 and deleted_at is null and ($1::text is null or tenant_id = $1 or tenant_id is null)`,
    [tenantId, policyId],
  );
  if (rows[0] === undefined) throw appError('not_found', `no policy ${policyId}`);
  return rows[0];
}

/** Policies newest first; `after` is the id last seen. */
export async function listPolicies(
  db: Queryable,
  tenantId: string | null,
  page: PageRequest,
): Promise<Page<StoredPolicy>> {
  const { rows } = await db.query<StoredPolicy>(
    `select ${columns} from policies
     where deleted_at is null and ($1::text is null or tenant_id = $1 or tenant_id is null)
       and ($2::text is null or policy_id < $2)
     order by policy_id desc limit $3`,
    [tenantId, page.after ?? null, page.limit + 1],
  );
  return toPage(rows, page.limit, (policy) => policy.policyId);
}

export type NewPolicy = Pick<StoredPolicy, 'policyId' | 'tenantId' | 'name' | 'settings' | 'changedBy'>;

/** Inserts version 1; a second one of the same tenant and name is `name_taken`. */
export async function insertPolicy(tx: Tx, policy: NewPolicy): Promise<void> {
  const { rowCount } = await tx.query(
    `insert into policies (policy_id, tenant_id, name, version, settings, changed_by) values ($1, $2, $3, 1, $4, $5)
     on conflict (tenant_id, name) where deleted_at is null do nothing`,
    [policy.policyId, policy.tenantId, policy.name, policy.settings, policy.changedBy],
  );
  if (rowCount === 0)
    throw appError(
      'name_taken',
      `there is a policy ${policy.name} already: change that one, or choose another name`,
    );
  await insertVersion(tx, { ...policy, version: 1 });
}

async function insertVersion(
  tx: Tx,
  one: Pick<StoredPolicy, 'policyId' | 'version' | 'settings' | 'changedBy'>,
): Promise<void> {
  await tx.query(
    `insert into policy_versions (policy_id, version, settings, changed_by) values ($1, $2, $3, $4)`,
    [one.policyId, one.version, one.settings, one.changedBy],
  );
}

/** Makes those settings the next version of a policy that is locked. */
export async function savePolicy(
  tx: Tx,
  policy: StoredPolicy,
  change: { readonly settings: PolicySettings; readonly changedBy: string },
): Promise<void> {
  const version = policy.version + 1;
  await tx.query(
    `update policies set version = $2, settings = $3, changed_by = $4, changed_at = now() where policy_id = $1`,
    [policy.policyId, version, change.settings, change.changedBy],
  );
  await insertVersion(tx, { ...change, policyId: policy.policyId, version });
}

export async function deletePolicy(tx: Tx, policyId: string, by: string): Promise<void> {
  await tx.query(
    `update policies set deleted_at = now(), changed_by = $2, changed_at = now() where policy_id = $1`,
    [policyId, by],
  );
}

export interface PastPolicy {
  readonly version: number;
  readonly settings: PolicySettings;
  readonly changedBy: string;
  readonly changedAt: Date;
}

/** What a policy said, newest first. */
export async function listPolicyVersions(db: Queryable, policyId: string): Promise<PastPolicy[]> {
  const { rows } = await db.query<PastPolicy>(
    `select version, settings, changed_by as "changedBy", changed_at as "changedAt"
     from policy_versions where policy_id = $1 order by version desc limit 1000`,
    [policyId],
  );
  return rows;
}
