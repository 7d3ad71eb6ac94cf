import { pageAnswer, pageRequest } from '../cursor.js';
import type { AppDeps } from '../deps.js';
import { route, type Route } from '../route.js';
import { environmentParams } from '../schemas/environment.js';
import * as schema from '../schemas/health.js';

const tag = 'environments';
const base = '/api/v1/environments/{environment_id}';

/** The health of an environment, as it was found at several times. */
export function healthRoutes({ health }: AppDeps): Route[] {
  return [
    route({
      method: 'get',
      path: `${base}/health`,
      right: 'read',
      tag,
      summary: 'Read the health, and the last checks of it',
      request: { params: environmentParams, query: schema.healthQuery },
      response: { status: 200, description: 'the health', schema: schema.healthHistory },
      errors: ['not_found', 'invalid_cursor'],
      handle: async (input) => {
        const page = pageRequest(input);
        const found = await health.read(input.ctx, input.params.environment_id, page);
        return {
          body: {
            environment_id: found.environmentId,
            health: found.health && schema.healthView(found.health),
            ...pageAnswer(input, found.checks, schema.healthCheckView).body,
          },
        };
      },
    }),
    route({
      method: 'post',
      path: `${base}/health-check`,
      right: 'run',
      tag,
      summary: 'Check the health now',
      request: { params: environmentParams },
      response: {
        status: 202,
        description: 'a worker looks; read what it found at `Location`',
        schema: schema.healthCheck,
        headers: ['Location'],
      },
      errors: ['not_found', 'active_run', 'action_not_allowed'],
      handle: async ({ ctx, params: { environment_id: id } }) => ({
        body: schema.healthCheckView(await health.check(ctx, id)),
        headers: { Location: `/api/v1/environments/${id}/health` },
      }),
    }),
  ];
}
