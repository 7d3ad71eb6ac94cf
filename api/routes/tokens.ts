import { pageAnswer, pageRequest } from '../cursor.js';
import type { AppDeps } from '../deps.js';
import { route, type Route } from '../route.js';
import * as schema from '../schemas/token.js';

const tag = 'tokens';
const base = '/api/v1/tokens';

export function tokenRoutes({ tokens }: AppDeps): Route[] {
  return [
    route({
      method: 'get',
      path: base,
      right: 'tokens',
      tag,
      summary: 'List tokens, newest first, revoked ones too',
      request: { query: schema.tokenQuery },
      response: { status: 200, description: 'one page', schema: schema.tokenPage },
      errors: ['invalid_cursor'],
      handle: async (input) =>
        pageAnswer(input, await tokens.list(input.ctx, pageRequest(input)), schema.tokenView),
    }),
    route({
      method: 'post',
      path: base,
      right: 'tokens',
      tag,
      summary: 'Make a token; its text is told once',
      request: { body: schema.createToken },
      response: { status: 201, description: 'the token with its text', schema: schema.newToken },
      errors: ['not_found'],
      handle: async ({ ctx, body }) => {
        const { name, role, rights, tenant_id: tenantId, expires_in_hours: expiresInHours } = body;
        const { token, text } = await tokens.create(ctx, { name, role, rights, tenantId, expiresInHours });
        return { body: { ...schema.tokenView(token), token: text } };
      },
    }),
    route({
      method: 'delete',
      path: `${base}/{token_id}`,
      right: 'tokens',
      tag,
      summary: 'Revoke a token for good',
      request: { params: schema.tokenParams },
      response: { status: 200, description: 'the revoked token', schema: schema.token },
      errors: ['not_found'],
      handle: async ({ ctx, params }) => ({
        body: schema.tokenView(await tokens.revoke(ctx, params.token_id)),
      }),
    }),
  ];
}
