import type { Queryable } from '../db/db.js';
import { toPage, type Page, type PageRequest } from '../lib/page.js';
import type { Grant } from './grant.js';
import type { Membership } from './membership-rules.js';

const columns = `grant_id as "grantId", issuer, subject, role, tenant_id as "tenantId", note, granted_by as "grantedBy",
  created_at as "createdAt", expires_at as "expiresAt", revoked_at as "revokedAt"`;

/** Stores a grant unless the same one is in force already; then that one comes back with `made` false. */
export async function insertGrant(
  db: Queryable,
  grant: Omit<Grant, 'createdAt' | 'revokedAt'>,
  now: Date,
): Promise<{ readonly grant: Grant; readonly made: boolean }> {
  const same = [grant.issuer, grant.subject, grant.role, grant.tenantId];
  await db.query(
    `update grants set revoked_at = expires_at
     where issuer = $1 and subject = $2 and role = $3 and tenant_id is not distinct from $4
       and revoked_at is null and expires_at <= $5`,
    [...same, now],
  );
  const inserted = await db.query<Grant>(
    `insert into grants (issuer, subject, role, tenant_id, grant_id, note, granted_by, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing returning ${columns}`,
    [...same, grant.grantId, grant.note, grant.grantedBy, grant.expiresAt],
  );
  if (inserted.rows[0] !== undefined) return { grant: inserted.rows[0], made: true };
  const { rows } = await db.query<Grant>(
    `select ${columns} from grants
     where issuer = $1 and subject = $2 and role = $3 and tenant_id is not distinct from $4 and revoked_at is null`,
    same,
  );
  if (rows[0] === undefined) throw new Error('a grant was revoked while the same one was made');
  return { grant: rows[0], made: false };
}

/** Grants newest first, revoked ones too; `within` null = of every tenant. */
export async function listGrants(
  db: Queryable,
  within: string | null,
  page: PageRequest & { readonly subject?: string | undefined },
): Promise<Page<Grant>> {
  const { rows } = await db.query<Grant>(
    `select ${columns} from grants
     where ($1::text is null or tenant_id = $1) and ($2::text is null or grant_id < $2)
       and ($4::text is null or subject = $4)
     order by grant_id desc limit $3`,
    [within, page.after ?? null, page.limit + 1, page.subject ?? null],
  );
  return toPage(rows, page.limit, (grant) => grant.grantId);
}

/** Revokes a grant for good; revoking again changes nothing. Undefined when there is none within the tenant. */
export async function revokeGrant(
  db: Queryable,
  within: string | null,
  grant: { readonly grantId: string; readonly now: Date },
): Promise<Grant | undefined> {
  const { rows } = await db.query<Grant>(
    `update grants set revoked_at = coalesce(revoked_at, $3)
     where grant_id = $2 and ($1::text is null or tenant_id = $1) returning ${columns}`,
    [within, grant.grantId, grant.now],
  );
  return rows[0];
}

/** Revokes every grant in a tenant. */
export async function revokeGrantsOf(tx: Queryable, tenantId: string): Promise<void> {
  await tx.query(`update grants set revoked_at = now() where tenant_id = $1 and revoked_at is null`, [
    tenantId,
  ]);
}

export interface Asking {
  readonly issuer: string;
  readonly subject: string;
  readonly now: Date;
  /** Tenants of whom it is asked whether they exist. */
  readonly tenants: readonly string[];
}

/** The roles granted to a person at that time, and which of the named tenants exist: one round trip. */
export async function readGranted(
  db: Queryable,
  { issuer, subject, now, tenants }: Asking,
): Promise<{ readonly granted: readonly Membership[]; readonly existing: ReadonlySet<string> }> {
  const { rows } = await db.query<{ tenantId: string | null; role: Membership['role'] | null }>(
    `select tenant_id as "tenantId", role from grants
     where issuer = $1 and subject = $2 and revoked_at is null and (expires_at is null or expires_at > $3)
     union all
     select tenant_id, null from tenants where tenant_id = any ($4::text[])`,
    [issuer, subject, now, tenants],
  );
  return {
    granted: rows.flatMap(({ tenantId, role }) => (role === null ? [] : [{ tenantId, role }])),
    existing: new Set(rows.flatMap(({ tenantId, role }) => (role === null && tenantId ? [tenantId] : []))),
  };
}
