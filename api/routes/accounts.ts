import type { AccountService } from '../../src/account/account-service.js';
import { pageAnswer, pageRequest } from '../cursor.js';
import type { AppDeps } from '../deps.js';
import { route, type Route } from '../route.js';
import * as schema from '../schemas/account.js';
import { tenantFor } from '../tenant-scope.js';

const tag = 'accounts';
const base = '/api/v1/accounts';
const one = `${base}/{account_id}`;

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
      path: one,
      right: 'read',
      tag,
      summary: 'Read a cloud account',
      request: { params: schema.accountParams },
      response: { status: 200, description: 'the account', schema: schema.accountDetail },
      errors: ['not_found'],
      handle: async ({ ctx, params }) => ({
        body: schema.accountDetailView(
          await accounts.get(ctx, params.account_id),
          await accounts.breakers(ctx, params.account_id),
        ),
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
        const { provider, name, regions, cloud_account_id: cloudAccountId } = body;
        const tenantId = tenantFor(ctx, body.tenant_id);
        const settings = { ...schema.settingsOf(body), name, regions };
        const account = await accounts.create(ctx, { tenantId, provider, cloudAccountId, ...settings });
        return { body: schema.accountView(account), headers: { Location: `${base}/${account.accountId}` } };
      },
    }),
    route({
      method: 'patch',
      path: one,
      right: 'accounts',
      tag,
      summary: 'Change a cloud account; what was proven of it must be verified anew',
      request: { params: schema.accountParams, body: schema.changeAccount },
      response: { status: 200, description: 'the account', schema: schema.account },
      errors: ['not_found', 'name_taken', 'account_in_use'],
      handle: async ({ ctx, params, body }) => ({
        body: schema.accountView(await accounts.change(ctx, params.account_id, schema.settingsOf(body))),
      }),
    }),
    route({
      method: 'delete',
      path: one,
      right: 'accounts',
      tag,
      summary: 'Forget a cloud account without environments; nothing in the cloud is touched',
      request: { params: schema.accountParams },
      response: { status: 200, description: 'it is forgotten', schema: schema.deletedAccount },
      errors: ['not_found', 'account_in_use'],
      handle: async ({ ctx, params }) => {
        await accounts.remove(ctx, params.account_id);
        return { body: { account_id: params.account_id, deleted: true as const } };
      },
    }),
    ...verificationRoutes(accounts),
    ...externalIdRoutes(accounts),
  ];
}

function verificationRoutes(accounts: AccountService): Route[] {
  return [
    route({
      method: 'post',
      path: `${one}/verify`,
      right: 'accounts',
      tag,
      summary: 'Prove that an aws account can be used, and by Terrace alone',
      request: { params: schema.accountParams, body: schema.verifyAccount },
      response: { status: 200, description: 'what was found', schema: schema.verification },
      errors: ['not_found', 'account_not_usable', 'account_changed'],
      handle: async ({ ctx, params: { account_id: accountId }, body }) => ({
        body: schema.verificationView(accountId, await accounts.verify(ctx, accountId, body?.cidr_blocks)),
      }),
    }),
    route({
      method: 'get',
      path: `${one}/verification`,
      right: 'read',
      tag,
      summary: 'Read what the last verification found',
      request: { params: schema.accountParams },
      response: { status: 200, description: 'what was found', schema: schema.verification },
      errors: ['not_found'],
      handle: async ({ ctx, params }) => ({
        body: schema.verificationView(params.account_id, await accounts.verification(ctx, params.account_id)),
      }),
    }),
  ];
}

function externalIdRoutes(accounts: AccountService): Route[] {
  const request = { params: schema.accountParams };
  const response = { status: 200, description: 'the external ids', schema: schema.externalIds };
  return [
    route({
      method: 'get',
      path: `${one}/external-id`,
      right: 'accounts',
      tag,
      summary: "Read the external id that the account's roles have to ask for",
      request,
      response,
      errors: ['not_found', 'account_not_usable'],
      handle: async ({ ctx, params }) => ({
        body: schema.externalIdsView(await accounts.externalIds(ctx, params.account_id)),
      }),
    }),
    route({
      method: 'post',
      path: `${one}/external-id/rotate`,
      right: 'accounts',
      tag,
      summary: 'Make a new external id; the former one stays valid until the new one is confirmed',
      request,
      response,
      errors: ['not_found', 'account_not_usable'],
      handle: async ({ ctx, params }) => ({
        body: schema.externalIdsView(await accounts.rotateExternalId(ctx, params.account_id)),
      }),
    }),
    route({
      method: 'post',
      path: `${one}/external-id/confirm`,
      right: 'accounts',
      tag,
      summary: 'Prove the roles with the new external id, and forget the former',
      request,
      response,
      errors: ['not_found', 'account_not_usable', 'action_not_allowed', 'role_not_assumable'],
      handle: async ({ ctx, params }) => ({
        body: schema.externalIdsView(await accounts.confirmExternalId(ctx, params.account_id)),
      }),
    }),
  ];
}
