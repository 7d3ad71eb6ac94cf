import { pageAnswer, pageRequest } from '../cursor.js';
import type { AppDeps } from '../deps.js';
import { route, type Route } from '../route.js';
import * as schema from '../schemas/grant.js';

const tag = 'access';
const base = '/api/v1/grants';

/** Roles of people at the identity provider, and who the caller is. */
export function grantRoutes({ grants }: AppDeps): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/v1/me',
      right: 'read',
      tag,
      summary: 'Read who the caller is, with its rights and its tenant',
      response: { status: 200, description: 'the caller', schema: schema.me },
      handle: ({ ctx: { principal } }) => ({
        body: {
          caller_id: principal.tokenId,
          name: principal.name,
          role: principal.role,
          rights: [...principal.rights],
          tenant_id: principal.tenantId,
        },
      }),
    }),
    route({
      method: 'get',
      path: base,
      right: 'tokens',
      tag,
      summary: 'List grants, newest first, revoked ones too',
      request: { query: schema.grantQuery },
      response: { status: 200, description: 'one page', schema: schema.grantPage },
      errors: ['invalid_cursor'],
      handle: async (input) => {
        const page = { ...pageRequest(input), subject: input.query.subject };
        return pageAnswer(input, await grants.list(input.ctx, page), schema.grantView);
      },
    }),
    route({
      method: 'post',
      path: base,
      right: 'tokens',
      tag,
      summary: 'Give a person a role in one tenant, or in all',
      request: { body: schema.createGrant },
      response: { status: 201, description: 'the grant', schema: schema.grant },
      errors: ['not_found', 'name_taken', 'no_identity_provider'],
      handle: async ({ ctx, body }) => {
        const { subject, role, tenant_id: tenantId, note, expires_in_hours: expiresInHours } = body;
        return {
          body: schema.grantView(await grants.create(ctx, { subject, role, tenantId, note, expiresInHours })),
        };
      },
    }),
    route({
      method: 'delete',
      path: `${base}/{grant_id}`,
      right: 'tokens',
      tag,
      summary: 'Revoke a grant for good; it ends at once',
      request: { params: schema.grantParams },
      response: { status: 200, description: 'the revoked grant', schema: schema.grant },
      errors: ['not_found'],
      handle: async ({ ctx, params }) => ({
        body: schema.grantView(await grants.revoke(ctx, params.grant_id)),
      }),
    }),
  ];
}
