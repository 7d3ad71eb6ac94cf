import type { TenantService } from '../../src/tenant/tenant-service.js';
import { pageAnswer, pageRequest } from '../cursor.js';
import type { AppDeps } from '../deps.js';
import { route, type Route } from '../route.js';
import * as schema from '../schemas/tenant.js';

const tag = 'tenants';
const base = '/api/v1/tenants';

export function tenantRoutes({ tenants }: AppDeps): Route[] {
  return [
    route({
      method: 'get',
      path: base,
      right: 'read',
      tag,
      summary: 'List tenants, newest first',
      request: { query: schema.tenantQuery },
      response: { status: 200, description: 'one page', schema: schema.tenantPage },
      errors: ['invalid_cursor'],
      handle: async (input) => {
        const { slug, status } = input.query;
        return pageAnswer(
          input,
          await tenants.list(input.ctx, { slug, status }, pageRequest(input)),
          schema.tenantView,
        );
      },
    }),
    route({
      method: 'get',
      path: `${base}/{tenant_id}`,
      right: 'read',
      tag,
      summary: 'Read a tenant',
      request: { params: schema.tenantParams },
      response: { status: 200, description: 'the tenant', schema: schema.tenant },
      errors: ['not_found'],
      handle: async ({ ctx, params }) => ({
        body: schema.tenantView(await tenants.get(ctx, params.tenant_id)),
      }),
    }),
    route({
      method: 'post',
      path: base,
      right: 'tenants',
      platform: true,
      tag,
      summary: 'Make a tenant',
      request: { body: schema.createTenant },
      response: { status: 201, description: 'the tenant', schema: schema.tenant, headers: ['Location'] },
      errors: ['name_taken'],
      handle: async ({ ctx, body: { name, slug, max_environments: maxEnvironments } }) => {
        const tenant = await tenants.create(ctx, { name, slug, maxEnvironments });
        return { body: schema.tenantView(tenant), headers: { Location: `${base}/${tenant.tenantId}` } };
      },
    }),
    ...changingRoutes(tenants),
    ...quotaRoutes(tenants),
  ];
}

const one = `${base}/{tenant_id}`;

/** What is done to a tenant as a whole: by callers who are bound to none. */
function changingRoutes(tenants: TenantService): Route[] {
  const changing = {
    right: 'tenants',
    platform: true,
    tag,
    response: { status: 200, description: 'the tenant', schema: schema.tenant },
    errors: ['not_found', 'action_not_allowed'],
  } as const;
  const progress = { description: 'how far it is', schema: schema.offboarding } as const;
  return [
    route({
      ...changing,
      method: 'patch',
      path: one,
      summary: 'Change the name of a tenant, or how many environments it may have',
      request: { params: schema.tenantParams, body: schema.changeTenant },
      handle: async ({ ctx, params, body }) => ({
        body: schema.tenantView(await tenants.change(ctx, params.tenant_id, schema.changeOf(body))),
      }),
    }),
    route({
      ...changing,
      method: 'post',
      path: `${one}/suspend`,
      summary: 'Take no new runs; what has begun goes on, nothing is destroyed',
      request: { params: schema.tenantParams },
      handle: async ({ ctx, params }) => ({
        body: schema.tenantView(await tenants.suspend(ctx, params.tenant_id)),
      }),
    }),
    route({
      ...changing,
      method: 'post',
      path: `${one}/resume`,
      summary: 'End a suspension, or an offboarding that is not done',
      request: { params: schema.tenantParams },
      handle: async ({ ctx, params }) => ({
        body: schema.tenantView(await tenants.resume(ctx, params.tenant_id)),
      }),
    }),
    route({
      ...changing,
      method: 'post',
      path: `${one}/offboard`,
      summary: 'Destroy every environment of a tenant, then archive it; asked again, try again what failed',
      request: { params: schema.tenantParams, body: schema.offboardBody },
      response: { ...progress, status: 202 },
      errors: [...changing.errors, 'deletion_protected'],
      handle: async ({ ctx, params, body }) => ({
        body: schema.offboardingView(await tenants.offboard(ctx, params.tenant_id, body)),
      }),
    }),
    route({
      method: 'get',
      path: `${one}/offboarding`,
      right: 'read',
      tag,
      summary: 'Read how far the offboarding of a tenant is',
      request: { params: schema.tenantParams },
      response: { ...progress, status: 200 },
      errors: ['not_found'],
      handle: async ({ ctx, params }) => ({
        body: schema.offboardingView(await tenants.progress(ctx, params.tenant_id)),
      }),
    }),
  ];
}

function quotaRoutes(tenants: TenantService): Route[] {
  const response = { status: 200, description: 'limits and usage', schema: schema.quota } as const;
  return [
    route({
      method: 'get',
      path: `${one}/quota`,
      right: 'read',
      tag,
      summary: 'Read what a tenant may take, and what it takes',
      request: { params: schema.tenantParams },
      response,
      errors: ['not_found'],
      handle: async ({ ctx, params: { tenant_id: id } }) => ({
        body: schema.quotaView(id, await tenants.quota(ctx, id)),
      }),
    }),
    route({
      method: 'put',
      path: `${one}/quota`,
      right: 'tenants',
      platform: true,
      tag,
      summary: 'Set what a tenant may take, all limits at once',
      request: { params: schema.tenantParams, body: schema.putQuota },
      response,
      errors: ['not_found', 'action_not_allowed'],
      handle: async ({ ctx, params: { tenant_id: id }, body }) => ({
        body: schema.quotaView(id, await tenants.setQuota(ctx, id, schema.quotaOf(body))),
      }),
    }),
    route({
      method: 'get',
      path: `${one}/provisioning-status`,
      right: 'read',
      tag,
      summary: 'Read how the environments and runs of a tenant are',
      request: { params: schema.tenantParams },
      response: {
        status: 200,
        description: 'counts, what waits longest, what failed',
        schema: schema.provisioning,
      },
      errors: ['not_found'],
      handle: async ({ ctx, params: { tenant_id: id } }) => ({
        body: schema.provisioningView(id, await tenants.provisioning(ctx, id)),
      }),
    }),
  ];
}
