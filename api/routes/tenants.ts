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
  ];
}
