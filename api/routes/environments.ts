import { appError } from '../../src/errors/app-error.js';
import { pageAnswer, pageRequest } from '../cursor.js';
import type { AppDeps } from '../deps.js';
import { follow, wantsStream } from '../event-stream.js';
import { route, type Route } from '../route.js';
import * as schema from '../schemas/environment.js';
import { tenantFor, seesNothing } from '../tenant-scope.js';
import { requestedAnswer } from './requested-answer.js';

const tag = 'environments';
const base = '/api/v1/environments';
const accepted = {
  status: 202,
  description: 'accepted; poll the environment at `Location`',
  schema: schema.requested,
  headers: ['Location', 'ETag'],
} as const;

/** Environments: request, read, change, retry, destroy, follow. */
export function environmentRoutes({ environments }: AppDeps): Route[] {
  return [
    route({
      method: 'post',
      path: base,
      right: 'run',
      tag,
      summary: 'Request an environment',
      request: { body: schema.createEnvironment },
      response: accepted,
      errors: [
        'not_found',
        'unknown_blueprint',
        'region_not_allowed',
        'account_not_usable',
        'environment_limit',
        'tenant_quota_exceeded',
        'tenant_not_active',
        'environment_name_taken',
      ],
      handle: async ({ ctx, body }) =>
        requestedAnswer(
          await environments.request(ctx, schema.createCommand(body, tenantFor(ctx, body.tenant_id))),
        ),
    }),
    route({
      method: 'get',
      path: base,
      right: 'read',
      tag,
      summary: 'List environments, newest first',
      request: { query: schema.environmentQuery },
      response: { status: 200, description: 'one page', schema: schema.environmentPage },
      errors: ['invalid_cursor'],
      handle: async (input) => {
        const { tenant_id: tenantId, status, label, q } = input.query;
        const page = pageRequest(input);
        if (seesNothing(input.ctx, tenantId)) return { body: { items: [], next_cursor: null } };
        const filter = { tenantId, status, q, label: label === undefined ? undefined : parseLabel(label) };
        return pageAnswer(input, await environments.list(input.ctx, filter, page), schema.environmentView);
      },
    }),
    route({
      method: 'get',
      path: `${base}/{environment_id}`,
      right: 'read',
      tag,
      summary: 'Read an environment',
      request: { params: schema.environmentParams },
      response: {
        status: 200,
        description: 'the environment',
        schema: schema.environment,
        headers: ['ETag'],
      },
      errors: ['not_found'],
      handle: async ({ ctx, params }) => {
        const environment = await environments.get(ctx, params.environment_id);
        return { body: schema.environmentView(environment), headers: { ETag: `"${environment.version}"` } };
      },
    }),
    route({
      method: 'patch',
      path: `${base}/{environment_id}`,
      right: 'run',
      tag,
      summary:
        'Change an environment; a new spec makes a revision and a run. Needs `If-Match` with its `ETag`',
      request: { params: schema.environmentParams, body: schema.changeEnvironment },
      response: {
        status: 202,
        description: 'accepted; poll the environment at `Location`',
        schema: schema.changed,
        headers: ['Location', 'ETag'],
        otherStatuses: { 200: 'changed; nothing has to be planned' },
      },
      errors: [
        'not_found',
        'precondition_required',
        'precondition_failed',
        'unknown_blueprint',
        'active_run',
        'action_not_allowed',
      ],
      handle: async ({ ctx, params: { environment_id: id }, body, req }) => {
        const command = schema.changeCommand(body, req.get('if-match'));
        const { environment, run } = await environments.change(ctx, id, command);
        return {
          status: run === null ? 200 : 202,
          body: schema.changedView(environment, run),
          headers: { Location: `${base}/${id}`, ETag: `"${environment.version}"` },
        };
      },
    }),
    route({
      method: 'post',
      path: `${base}/{environment_id}/rollback`,
      right: 'run',
      tag,
      summary: 'Go back to an earlier revision, by a run that is reviewed like any other',
      request: { params: schema.environmentParams, body: schema.rollbackBody },
      response: accepted,
      errors: ['not_found', 'active_run', 'action_not_allowed'],
      handle: async ({ ctx, params, body }) =>
        requestedAnswer(await environments.rollback(ctx, params.environment_id, body.revision)),
    }),
    route({
      method: 'get',
      path: `${base}/{environment_id}/revisions`,
      right: 'read',
      tag,
      summary: 'List the revisions, newest first',
      request: { params: schema.environmentParams, query: schema.revisionQuery },
      response: { status: 200, description: 'one page', schema: schema.revisionPage },
      errors: ['not_found', 'invalid_cursor'],
      handle: async (input) => {
        const page = pageRequest(input, 'sequence');
        const found = await environments.revisions(input.ctx, input.params.environment_id, page);
        return pageAnswer(input, found, schema.revisionView);
      },
    }),
    route({
      method: 'get',
      path: `${base}/{environment_id}/revisions/{revision}`,
      right: 'read',
      tag,
      summary: 'Read a revision with its spec',
      request: { params: schema.revisionParams },
      response: { status: 200, description: 'the revision', schema: schema.revision },
      errors: ['not_found'],
      handle: async ({ ctx, params }) => ({
        body: schema.revisionView(await environments.revision(ctx, params.environment_id, params.revision)),
      }),
    }),
    route({
      method: 'delete',
      path: `${base}/{environment_id}`,
      right: 'run',
      tag,
      summary: 'Destroy an environment by a run of its own',
      request: { params: schema.environmentParams },
      response: accepted,
      errors: ['not_found', 'active_run', 'action_not_allowed', 'tenant_not_active', 'deletion_protected'],
      handle: async ({ ctx, params }) =>
        requestedAnswer(await environments.destroy(ctx, params.environment_id)),
    }),
    route({
      method: 'post',
      path: `${base}/{environment_id}/retry`,
      right: 'run',
      tag,
      summary: 'Run again what failed; goes on from the state',
      request: { params: schema.environmentParams },
      response: accepted,
      errors: ['not_found', 'active_run', 'action_not_allowed', 'tenant_not_active'],
      handle: async ({ ctx, params }) =>
        requestedAnswer(await environments.retry(ctx, params.environment_id)),
    }),
    route({
      method: 'post',
      path: `${base}/{environment_id}/extend`,
      right: 'run',
      tag,
      summary: 'Put the end of an environment off',
      request: { params: schema.environmentParams, body: schema.extendBody },
      response: {
        status: 200,
        description: 'the environment',
        schema: schema.environment,
        headers: ['ETag'],
      },
      errors: ['not_found', 'active_run', 'action_not_allowed'],
      handle: async ({ ctx, params, body }) => {
        const environment = await environments.extend(ctx, params.environment_id, body.ttl_hours);
        return { body: schema.environmentView(environment), headers: { ETag: `"${environment.version}"` } };
      },
    }),
    route({
      method: 'get',
      path: `${base}/{environment_id}/events`,
      right: 'read',
      tag,
      summary: 'Read the timeline, oldest first, or follow it',
      request: { params: schema.environmentParams, query: schema.eventQuery },
      response: {
        status: 200,
        description: 'one page; with `Accept: text/event-stream` a stream, resumed by `Last-Event-ID`',
        schema: schema.eventPage,
        otherTypes: ['text/event-stream'],
      },
      errors: ['not_found', 'invalid_cursor'],
      handle: async (input) => {
        const id = input.params.environment_id;
        const first = pageRequest(input, 'sequence');
        if (!wantsStream(input.req))
          return pageAnswer(input, await environments.events(input.ctx, id, first), schema.eventView);
        await environments.get(input.ctx, id);
        return follow(input.req, {
          read: (after) => environments.events(input.ctx, id, { limit: 200, after }),
          view: schema.eventView,
        });
      },
    }),
    route({
      method: 'get',
      path: `${base}/{environment_id}/outputs`,
      right: 'read',
      tag,
      summary: 'Read the outputs, sensitive ones with the right `outputs`',
      request: { params: schema.environmentParams },
      response: { status: 200, description: 'the outputs', schema: schema.outputs },
      errors: ['not_found'],
      handle: async ({ ctx, params }) => {
        const { outputs, sensitive } = await environments.outputs(ctx, params.environment_id);
        return { body: { outputs: { ...outputs }, sensitive: sensitive && { ...sensitive } } };
      },
    }),
  ];
}

function parseLabel(text: string): { key: string; value: string } {
  const at = text.indexOf('=');
  if (at < 1) throw appError('invalid_request', 'label: must be key=value');
  return { key: text.slice(0, at), value: text.slice(at + 1) };
}
