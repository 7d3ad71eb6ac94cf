import { z } from 'zod';
import { tenantStatuses, type Tenant } from '../../src/tenant/tenant.js';
import { anId, dnsLabel, iso, pageOf, pageQuery, time } from './common.js';

export const tenantParams = z.strictObject({ tenant_id: anId('`ten_...`') });

export const tenantQuery = z.strictObject({
  ...pageQuery(200, 50),
  slug: z.string().max(30).optional(),
  status: z.enum(tenantStatuses).optional(),
});

export const createTenant = z
  .strictObject({
    name: z.string().trim().min(1).max(100),
    slug: dnsLabel(30).describe('part of generated names; never changes'),
    max_environments: z.int().min(0).max(1_000_000).nullable().default(null),
  })
  .meta({ id: 'CreateTenant' });

export const tenant = z
  .strictObject({
    tenant_id: z.string(),
    name: z.string(),
    slug: z.string(),
    status: z.enum(tenantStatuses),
    max_environments: z.int().nullable(),
    created_at: time,
  })
  .meta({ id: 'Tenant' });

export const tenantPage = pageOf('TenantPage', tenant);

export function tenantView(one: Tenant): z.input<typeof tenant> {
  return {
    tenant_id: one.tenantId,
    name: one.name,
    slug: one.slug,
    status: one.status,
    max_environments: one.maxEnvironments,
    created_at: iso(one.createdAt),
  };
}
