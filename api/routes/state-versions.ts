import { pageAnswer, pageRequest } from '../cursor.js';
import type { AppDeps } from '../deps.js';
import { route, type Route } from '../route.js';
import { environmentParams } from '../schemas/environment.js';
import * as schema from '../schemas/state-version.js';

const tag = 'environments';
const base = '/api/v1/environments/{environment_id}/state-versions';

/** The versions of an environment's Terraform state. */
export function stateVersionRoutes({ stateVersions }: AppDeps): Route[] {
  return [
    route({
      method: 'get',
      path: base,
      right: 'read',
      tag,
      summary: 'List the versions of the Terraform state, newest first',
      request: { params: environmentParams, query: schema.stateVersionsQuery },
      response: { status: 200, description: 'one page', schema: schema.stateVersionPage },
      errors: ['not_found', 'invalid_cursor'],
      handle: async (input) => {
        const page = pageRequest(input, 'sequence');
        const found = await stateVersions.list(input.ctx, input.params.environment_id, page);
        return pageAnswer(input, found, schema.stateVersionView);
      },
    }),
    route({
      method: 'get',
      path: `${base}/{serial}`,
      right: 'read',
      tag,
      summary: 'Read what is known of a state, and with `diff` what differs from another; names, no values',
      request: { params: schema.stateVersionParams, query: schema.stateVersionQuery },
      response: { status: 200, description: 'the version', schema: schema.stateVersionDetail },
      errors: ['not_found', 'state_in_bucket'],
      handle: async ({ ctx, params: { environment_id: id, serial }, query }) => {
        const version = schema.stateVersionView(await stateVersions.read(ctx, id, serial));
        if (query.diff === undefined) return { body: { ...version, diff: null } };
        const pair = [serial, query.diff] as const;
        const diff = schema.stateDiffView(pair, await stateVersions.diff(ctx, id, pair));
        return { body: { ...version, diff } };
      },
    }),
    route({
      method: 'get',
      path: `${base}/{serial}/content`,
      right: 'state',
      audited: true,
      tag,
      summary: 'Read a state itself, with all that is secret in it; the audit log keeps who did',
      request: { params: schema.stateVersionParams },
      response: { status: 200, description: 'the state, as terraform wrote it' },
      errors: ['not_found', 'state_in_bucket'],
      handle: async ({ ctx, params: { environment_id: id, serial } }) => ({
        text: await stateVersions.content(ctx, id, serial),
        contentType: 'application/json',
        headers: { 'Cache-Control': 'no-store' },
      }),
    }),
    route({
      method: 'post',
      path: `${base}/{serial}/restore`,
      right: 'restore',
      tag,
      summary: 'Put a former state back as the newest version, for emergencies',
      request: { params: schema.stateVersionParams, body: schema.restoreBody },
      response: { status: 201, description: 'the new version', schema: schema.stateVersion },
      errors: [
        'not_found',
        'active_run',
        'action_not_allowed',
        'state_locked',
        'state_conflict',
        'state_in_bucket',
      ],
      handle: async ({ ctx, params, body }) => {
        const command = schema.restoreCommand(params, body);
        return {
          body: schema.stateVersionView(await stateVersions.restore(ctx, params.environment_id, command)),
        };
      },
    }),
  ];
}
