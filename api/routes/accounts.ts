import { pageAnswer, pageRequest } from '../cursor.js';
import type { AppDeps } from '../deps.js';
import { route, type Route } from '../route.js';
import * as schema from '../schemas/account.js';
import { tenantFor } from '../tenant-scope.js';

const tag = 'accounts';
const base = '/api/v1/accounts';

export function accountRoutes({ accounts }: AppDeps): Route[] {
  return [
    route({
      method: 'get',
      path: base,
      right: 'read',
      tag,
      summary: 'List cloud accounts, newest first',
      request: { query: schema.accountQuery },
      response: { status: 200, description: 'one page', schema: schema.accountPage },
      errors: ['invalid_cursor'],
      handle: async (input) => {
        const { tenant_id: tenantId, name, provider } = input.query;
        const page = await accounts.list(input.ctx, { tenantId, name, provider }, pageRequest(input));
        return pageAnswer(input, page, schema.accountView);
      },
    }),
    route({
      method: 'get',
      path: `${base}/{account_id}`,
      right: 'read',
      tag,
      summary: 'Read a cloud account',
      request: { params: schema.accountParams },
      response: { status: 200, description: 'the account', schema: schema.account },
      errors: ['not_found'],
      handle: async ({ ctx, params }) => ({
        body: schema.accountView(await accounts.get(ctx, params.account_id)),
      }),
    }),
    route({
      method: 'post',
      path: base,
      right: 'accounts',
      tag,
      summary: 'Record a cloud account of a tenant',
      request: { body: schema.createAccount },
      response: { status: 201, description: 'the account', schema: schema.account, headers: ['Location'] },
      errors: ['not_found', 'name_taken', 'account_not_usable'],
      handle: async ({ ctx, body }) => {
        const { name, provider, regions, cloud_account_id: cloudAccountId } = body;
        const tenantId = tenantFor(ctx, body.tenant_id);
        const account = await accounts.create(ctx, { tenantId, name, provider, cloudAccountId, regions });
        return { body: schema.accountView(account), headers: { Location: `${base}/${account.accountId}` } };
      },
    }),
  ];
}
