import type { Queryable } from '../db/db.js';
import { appError } from '../errors/app-error.js';
import { toPage, type Page, type PageRequest } from '../lib/page.js';
import type { Tenant, TenantFilter } from './tenant.js';

const columns = `tenant_id as "tenantId", name, slug, status, max_environments as "maxEnvironments",
  created_at as "createdAt"`;

/** One tenant; `within` is the tenant the caller is bound to (null = any): others are `not_found` in the same words. */
export async function getTenant(db: Queryable, within: string | null, tenantId: string): Promise<Tenant> {
  const { rows } = await db.query<Tenant>(
    `select ${columns} from tenants where tenant_id = $2 and ($1::text is null or tenant_id = $1)`,
    [within, tenantId],
  );
  if (rows[0] === undefined) throw appError('not_found', `no tenant ${tenantId}`);
  return rows[0];
}

/** Tenants newest first; `after` is the tenant id last seen. */
export async function listTenants(
  db: Queryable,
  filter: TenantFilter,
  page: PageRequest,
): Promise<Page<Tenant>> {
  const { rows } = await db.query<Tenant>(
    `select ${columns} from tenants
     where ($1::text is null or tenant_id = $1) and ($2::text is null or slug = $2)
       and ($3::text is null or status = $3) and ($4::text is null or tenant_id < $4)
     order by tenant_id desc limit $5`,
    [filter.tenantId ?? null, filter.slug ?? null, filter.status ?? null, page.after ?? null, page.limit + 1],
  );
  return toPage(rows, page.limit, (tenant) => tenant.tenantId);
}

export type NewTenant = Pick<Tenant, 'tenantId' | 'name' | 'slug' | 'maxEnvironments'>;

/** The stored tenant, or null when the slug is taken. */
export async function insertTenant(db: Queryable, tenant: NewTenant): Promise<Tenant | null> {
  const { rows } = await db.query<Tenant>(
    `insert into tenants (tenant_id, name, slug, max_environments) values ($1, $2, $3, $4)
     on conflict (slug) do nothing returning ${columns}`,
    [tenant.tenantId, tenant.name, tenant.slug, tenant.maxEnvironments],
  );
  return rows[0] ?? null;
}
