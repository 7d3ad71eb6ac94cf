import type { AppDeps } from '../deps.js';
import { route, type Route } from '../route.js';
import { environmentParams, requested } from '../schemas/environment.js';
import { requestedAnswer } from './requested-answer.js';

const tag = 'environments';
const base = '/api/v1/environments/{environment_id}';
const request = { params: environmentParams };

/** What was changed beside Terrace: find it, and put it right. */
export function driftRoutes({ drift }: AppDeps): Route[] {
  return [
    route({
      method: 'post',
      path: `${base}/drift-check`,
      right: 'run',
      tag,
      summary: 'Compare what exists with what was applied, or join the check that is under way',
      request,
      response: {
        status: 202,
        description: 'a worker looks; read what it found as `drift` of the environment at `Location`',
        schema: requested,
        headers: ['Location', 'ETag'],
      },
      errors: ['not_found', 'active_run', 'action_not_allowed', 'tenant_not_active'],
      handle: async ({ ctx, params }) => requestedAnswer(await drift.check(ctx, params.environment_id)),
    }),
    route({
      method: 'post',
      path: `${base}/remediate`,
      right: 'run',
      tag,
      summary:
        'Apply the newest revision once more to what has drifted, by a run that is reviewed like any other',
      request,
      response: {
        status: 202,
        description: 'accepted; poll the environment at `Location`',
        schema: requested,
        headers: ['Location', 'ETag'],
      },
      errors: ['not_found', 'active_run', 'action_not_allowed', 'tenant_not_active'],
      handle: async ({ ctx, params }) => requestedAnswer(await drift.remediate(ctx, params.environment_id)),
    }),
  ];
}
