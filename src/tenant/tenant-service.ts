import type { Db } from '../db/db.js';
import { appError } from '../errors/app-error.js';
import { newId } from '../lib/ids.js';
import type { Page, PageRequest } from '../lib/page.js';
import type { RequestContext } from '../token/principal.js';
import { getTenant, insertTenant, listTenants } from './tenant-store.js';
import type { CreateTenant, Tenant, TenantFilter } from './tenant.js';

/** A token bound to a tenant sees that tenant alone; every other one is `not_found`. */
export interface TenantService {
  list(ctx: RequestContext, filter: TenantFilter, page: PageRequest): Promise<Page<Tenant>>;
  get(ctx: RequestContext, tenantId: string): Promise<Tenant>;
  /** Throws `name_taken` for a slug in use, `forbidden` for a token bound to a tenant. */
  create(ctx: RequestContext, command: CreateTenant): Promise<Tenant>;
}

export function createTenantService(db: Db): TenantService {
  return {
    list: async ({ principal }, filter, page) => {
      const within = principal.tenantId;
      if (within !== null && filter.tenantId !== undefined && filter.tenantId !== within)
        return { items: [], nextCursor: null };
      return listTenants(db, { ...filter, tenantId: within ?? filter.tenantId }, page);
    },
    get: (ctx, tenantId) => getTenant(db, ctx.principal.tenantId, tenantId),
    create: async (ctx, command) => {
      if (ctx.principal.tenantId !== null)
        throw appError(
          'forbidden',
          `this token is bound to tenant ${ctx.principal.tenantId} and cannot create tenants`,
        );
      const tenant = await insertTenant(db, { tenantId: newId('tenant'), ...command });
      if (tenant === null)
        throw appError('name_taken', `a tenant with the slug ${command.slug} exists already`);
      return tenant;
    },
  };
}
