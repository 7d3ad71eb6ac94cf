import { appError } from '../../src/errors/app-error.js';
import type { Requested } from '../../src/environment/environment-service.js';
import { pageAnswer, pageRequest } from '../cursor.js';
import type { AppDeps } from '../deps.js';
import { follow, wantsStream } from '../event-stream.js';
import { route, type Route } from '../route.js';
import * as schema from '../schemas/environment.js';
import { tenantFor, seesNothing } from '../tenant-scope.js';

const tag = 'environments';
const base = '/api/v1/environments';
const accepted = {
  status: 202,
  description: 'accepted; poll the environment at `Location`',
  schema: schema.requested,
  headers: ['Location', 'ETag'],
} as const;

/** Environments: request, read, retry, destroy, follow. */
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
        return { body: schema.environmentView(environment), headers: { ETag: `"${environment.revision}"` } };
      },
    }),
    route({
      method: 'delete',
      path: `${base}/{environment_id}`,
      right: 'run',
      tag,
      summary: 'Destroy an environment by a run of its own',
      request: { params: schema.environmentParams },
      response: accepted,
      errors: ['not_found', 'active_run', 'action_not_allowed', 'deletion_protected'],
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
      errors: ['not_found', 'active_run', 'action_not_allowed'],
      handle: async ({ ctx, params }) =>
        requestedAnswer(await environments.retry(ctx, params.environment_id)),
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

function requestedAnswer({ environment, run }: Requested) {
  const location = `${base}/${environment.environmentId}`;
  return {
    body: schema.requestedView(environment, run),
    headers: { Location: location, ETag: `"${environment.revision}"` },
  };
}

function parseLabel(text: string): { key: string; value: string } {
  const at = text.indexOf('=');
  if (at < 1) throw appError('invalid_request', 'label: must be key=value');
  return { key: text.slice(0, at), value: text.slice(at + 1) };
}
