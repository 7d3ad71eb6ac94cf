import { pageAnswer, pageRequest } from '../cursor.js';
import type { AppDeps } from '../deps.js';
import { route, type Route } from '../route.js';
import * as schema from '../schemas/review-rule.js';
import { seesNothing } from '../tenant-scope.js';

const tag = 'review';
const base = '/api/v1/review-rules';
const params = schema.ruleParams;

/** Rules of review: who has to approve what. */
export function reviewRuleRoutes({ reviewRules }: AppDeps): Route[] {
  const told = { status: 200, description: 'the rule', schema: schema.reviewRule } as const;
  return [
    route({
      method: 'get',
      path: base,
      right: 'read',
      tag,
      summary: 'List rules of review, newest first',
      request: { query: schema.ruleQuery },
      response: { status: 200, description: 'one page', schema: schema.rulePage },
      errors: ['invalid_cursor'],
      handle: async (input) => {
        const { tenant_id: tenantId, class: name } = input.query;
        const page = pageRequest(input);
        if (seesNothing(input.ctx, tenantId)) return { body: { items: [], next_cursor: null } };
        const found = await reviewRules.list(input.ctx, { tenantId, key: name }, page);
        return pageAnswer(input, found, schema.ruleView);
      },
    }),
    route({
      method: 'post',
      path: base,
      right: 'policies',
      tag,
      summary: 'Make a rule of review for a class of environments',
      request: { body: schema.createRule },
      response: {
        status: 201,
        description: 'the rule',
        schema: schema.reviewRule,
        headers: ['Location'],
      },
      errors: ['not_found', 'name_taken'],
      handle: async ({ ctx, body }) => {
        const { tenant_id: tenantId, class: name, ...settings } = body;
        const rule = await reviewRules.create(ctx, {
          tenantId,
          key: name,
          settings: schema.settingsOf(settings),
        });
        return { body: schema.ruleView(rule), headers: { Location: `${base}/${rule.id}` } };
      },
    }),
    route({
      method: 'get',
      path: `${base}/{rule_id}`,
      right: 'read',
      tag,
      summary: 'Read a rule of review',
      request: { params },
      response: told,
      errors: ['not_found'],
      handle: async ({ ctx, params: { rule_id: id } }) => ({
        body: schema.ruleView(await reviewRules.get(ctx, id)),
      }),
    }),
    route({
      method: 'put',
      path: `${base}/{rule_id}`,
      right: 'policies',
      tag,
      summary: 'Change a rule of review: its next version',
      request: { params, body: schema.changeRule },
      response: told,
      errors: ['not_found'],
      handle: async ({ ctx, params: { rule_id: id }, body }) => ({
        body: schema.ruleView(await reviewRules.change(ctx, id, schema.settingsOf(body))),
      }),
    }),
    route({
      method: 'delete',
      path: `${base}/{rule_id}`,
      right: 'policies',
      tag,
      summary: 'Remove a rule of review',
      request: { params },
      response: { status: 200, description: 'removed', schema: schema.deletedRule },
      errors: ['not_found'],
      handle: async ({ ctx, params: { rule_id: id } }) => {
        await reviewRules.remove(ctx, id);
        return { body: { rule_id: id, deleted: true as const } };
      },
    }),
    route({
      method: 'get',
      path: `${base}/{rule_id}/versions`,
      right: 'read',
      tag,
      summary: 'Read every version of a rule of review, newest first',
      request: { params },
      response: { status: 200, description: 'the versions', schema: schema.ruleVersions },
      errors: ['not_found'],
      handle: async ({ ctx, params: { rule_id: id } }) => ({
        body: schema.versionsView(await reviewRules.versions(ctx, id)),
      }),
    }),
  ];
}
