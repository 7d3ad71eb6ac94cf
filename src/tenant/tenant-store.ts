import type { Queryable } from '../db/db.js';
import { appError } from '../errors/app-error.js';
import { toPage, type Page, type PageRequest } from '../lib/page.js';
import type { TenantStatus } from './tenant-state.js';
import type { ChangeTenant, Offboarding, Tenant, TenantFilter } from './tenant.js';

const columns = `tenant_id as "tenantId", name, slug, status, max_environments as "maxEnvironments",
  created_at as "createdAt", offboarded_at as "offboardedAt", offboarding_at as "requestedAt",
  offboarding_by as "requestedBy", offboarding_by_id as "requestedById",
  offboarding_force as force, offboarding_review as review`;

type Row = Omit<Tenant, 'offboarding'> & { readonly requestedAt: Date | null } & Omit<
    Offboarding,
    'requestedAt'
  >;

function tenantOf({ requestedAt, requestedBy, requestedById, force, review, ...row }: Row): Tenant {
  const offboarding =
    requestedAt === null ? null : { requestedAt, requestedBy, requestedById, force, review };
  return { ...row, offboarding };
}

/** One tenant; `within` is the tenant the caller is bound to (null = any): others are `not_found` in the same words. */
export async function getTenant(db: Queryable, within: string | null, tenantId: string): Promise<Tenant> {
  const { rows } = await db.query<Row>(
    `select ${columns} from tenants where tenant_id = $2 and ($1::text is null or tenant_id = $1)`,
    [within, tenantId],
  );
  return rows[0] === undefined ? tenantNotFound(tenantId) : tenantOf(rows[0]);
}

/** The same, locked until the transaction ends; take this lock after that of an environment. */
export async function lockTenant(tx: Queryable, within: string | null, tenantId: string): Promise<Tenant> {
  const { rows } = await tx.query<Row>(
    `select ${columns} from tenants where tenant_id = $2 and ($1::text is null or tenant_id = $1)
     for no key update`,
    [within, tenantId],
  );
  return rows[0] === undefined ? tenantNotFound(tenantId) : tenantOf(rows[0]);
}

function tenantNotFound(tenantId: string): never {
  throw appError('not_found', `no tenant ${tenantId}`);
}

/** Tenants newest first; `after` is the tenant id last seen. Those that have left are told by slug or status alone. */
export async function listTenants(
  db: Queryable,
  filter: TenantFilter,
  page: PageRequest,
): Promise<Page<Tenant>> {
  const { rows } = await db.query<Row>(
    `select ${columns} from tenants
     where ($1::text is null or tenant_id = $1) and ($2::text is null or slug = $2)
       and (status = $3 or ($3 is null and (status <> 'offboarded' or $2 is not null)))
       and ($4::text is null or tenant_id < $4)
     order by tenant_id desc limit $5`,
    [filter.tenantId ?? null, filter.slug ?? null, filter.status ?? null, page.after ?? null, page.limit + 1],
  );
  return toPage(rows.map(tenantOf), page.limit, (tenant) => tenant.tenantId);
}

export type NewTenant = Pick<Tenant, 'tenantId' | 'name' | 'slug' | 'maxEnvironments'>;

/** The stored tenant, or null when the slug is taken. */
export async function insertTenant(db: Queryable, tenant: NewTenant): Promise<Tenant | null> {
  const { rows } = await db.query<Row>(
    `insert into tenants (tenant_id, name, slug, max_environments) values ($1, $2, $3, $4)
     on conflict (slug) do nothing returning ${columns}`,
    [tenant.tenantId, tenant.name, tenant.slug, tenant.maxEnvironments],
  );
  return rows[0] === undefined ? null : tenantOf(rows[0]);
}

/** Writes what is given. */
export async function updateTenant(tx: Queryable, tenantId: string, change: ChangeTenant): Promise<void> {
  await tx.query(
    `update tenants set name = coalesce($2, name), max_environments = case when $3 then $4 else max_environments end
     where tenant_id = $1`,
    [tenantId, change.name ?? null, change.maxEnvironments !== undefined, change.maxEnvironments ?? null],
  );
}

/** Sets the status; the action was checked by the caller, who holds the lock. */
export async function saveTenantStatus(
  tx: Queryable,
  tenantId: string,
  status: Extract<TenantStatus, 'active' | 'suspended' | 'offboarded'>,
): Promise<void> {
  await tx.query(
    `update tenants set status = $2, offboarded_at = case when $2 = 'offboarded' then now() end,
       offboarding_at = case when $2 = 'offboarded' then offboarding_at end
     where tenant_id = $1`,
    [tenantId, status],
  );
}

/** Notes a request to offboard; a later one stands in for the former. */
export async function saveOffboarding(
  tx: Queryable,
  tenantId: string,
  asked: Omit<Offboarding, 'requestedAt'>,
): Promise<void> {
  await tx.query(
    `update tenants set status = 'offboarding', offboarding_at = clock_timestamp(), offboarding_by = $2, offboarding_by_id = $5,
       offboarding_force = $3, offboarding_review = $4
     where tenant_id = $1`,
    [tenantId, asked.requestedBy, asked.force, asked.review, asked.requestedById],
  );
}
