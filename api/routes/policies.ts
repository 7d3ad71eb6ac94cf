import { pageAnswer, pageRequest } from '../cursor.js';
import type { AppDeps } from '../deps.js';
import { route, type Route } from '../route.js';
import * as schema from '../schemas/policy.js';
import { seesNothing } from '../tenant-scope.js';

const tag = 'policies';
const base = '/api/v1/policies';
const params = schema.policyParams;

/** Policies: what plans are judged by. */
export function policyRoutes({ policies }: AppDeps): Route[] {
  const told = { status: 200, description: 'the policy', schema: schema.policy } as const;
  return [
    route({
      method: 'get',
      path: base,
      right: 'read',
      tag,
      summary: 'List policies, newest first',
      request: { query: schema.policyQuery },
      response: { status: 200, description: 'one page', schema: schema.policyPage },
      errors: ['invalid_cursor'],
      handle: async (input) => {
        const { tenant_id: tenantId } = input.query;
        const page = pageRequest(input);
        if (seesNothing(input.ctx, tenantId)) return { body: { items: [], next_cursor: null } };
        return pageAnswer(input, await policies.list(input.ctx, { tenantId }, page), schema.policyView);
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/policy-language',
      right: 'read',
      tag,
      summary: 'Read what policies are told, and which come with Terrace',
      response: { status: 200, description: 'the language', schema: schema.policyLanguage },
      handle: () => Promise.resolve({ body: schema.policyLanguageView() }),
    }),
    route({
      method: 'post',
      path: base,
      right: 'policies',
      tag,
      summary: 'Make a policy',
      request: { body: schema.createPolicy },
      response: { status: 201, description: 'the policy', schema: schema.policy, headers: ['Location'] },
      errors: ['not_found', 'name_taken'],
      handle: async ({ ctx, body }) => {
        const { tenant_id: tenantId, name, ...settings } = body;
        const made = await policies.create(ctx, {
          tenantId,
          key: name,
          settings: schema.policySettingsOf(settings),
        });
        return { body: schema.policyView(made), headers: { Location: `${base}/${made.id}` } };
      },
    }),
    route({
      method: 'post',
      path: `${base}/check`,
      right: 'policies',
      tag,
      summary: 'Say what is wrong with a policy as it is written; nothing is stored',
      request: { body: schema.changePolicy },
      response: { status: 200, description: 'whether it can be judged', schema: schema.checkedPolicy },
      handle: async ({ body }) => {
        const fault = await policies.check(schema.policySettingsOf(body));
        return { body: { valid: fault === null, fault } };
      },
    }),
    route({
      method: 'get',
      path: `${base}/{policy_id}`,
      right: 'read',
      tag,
      summary: 'Read a policy',
      request: { params },
      response: told,
      errors: ['not_found'],
      handle: async ({ ctx, params: { policy_id: id } }) => ({
        body: schema.policyView(await policies.get(ctx, id)),
      }),
    }),
    route({
      method: 'put',
      path: `${base}/{policy_id}`,
      right: 'policies',
      tag,
      summary: 'Change a policy: its next version',
      request: { params, body: schema.changePolicy },
      response: told,
      errors: ['not_found'],
      handle: async ({ ctx, params: { policy_id: id }, body }) => ({
        body: schema.policyView(await policies.change(ctx, id, schema.policySettingsOf(body))),
      }),
    }),
    route({
      method: 'delete',
      path: `${base}/{policy_id}`,
      right: 'policies',
      tag,
      summary: 'Remove a policy',
      request: { params },
      response: { status: 200, description: 'removed', schema: schema.deletedPolicy },
      errors: ['not_found'],
      handle: async ({ ctx, params: { policy_id: id } }) => {
        await policies.remove(ctx, id);
        return { body: { policy_id: id, deleted: true as const } };
      },
    }),
    route({
      method: 'get',
      path: `${base}/{policy_id}/versions`,
      right: 'read',
      tag,
      summary: 'Read every version of a policy, newest first',
      request: { params },
      response: { status: 200, description: 'the versions', schema: schema.policyVersions },
      errors: ['not_found'],
      handle: async ({ ctx, params: { policy_id: id } }) => ({
        body: schema.policyVersionsView(await policies.versions(ctx, id)),
      }),
    }),
    route({
      method: 'post',
      path: `${base}/{policy_id}/dry-run`,
      right: 'policies',
      tag,
      summary: 'Judge plans that were made by the policy as it is now, newest first; nothing changes',
      request: { params, query: schema.dryRunQuery },
      response: { status: 200, description: 'one page', schema: schema.rehearsalPage },
      errors: ['not_found', 'invalid_cursor'],
      handle: async (input) => {
        const page = await policies.rehearse(input.ctx, input.params.policy_id, pageRequest(input));
        return pageAnswer(input, page, schema.rehearsalView);
      },
    }),
  ];
}
