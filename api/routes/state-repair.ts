import type { AppDeps } from '../deps.js';
import { route, type Route } from '../route.js';
import { environment, environmentParams, environmentView } from '../schemas/environment.js';
import * as schema from '../schemas/state-version.js';

const tag = 'environments';
const one = '/api/v1/environments/{environment_id}';
const base = `${one}/state`;

/** What is done about a state that has diverged, and about a lock that a dead worker left. */
export function stateRepairRoutes({ stateRepair, stateLock }: AppDeps): Route[] {
  return [
    route({
      method: 'get',
      path: `${base}/left`,
      right: 'state',
      audited: true,
      tag,
      summary:
        'Read the state that an apply left and that could not be stored, with all that is secret in it',
      request: { params: environmentParams },
      response: { status: 200, description: 'the state, as terraform wrote it' },
      errors: ['not_found', 'action_not_allowed'],
      handle: async ({ ctx, params }) => ({
        text: await stateRepair.left(ctx, params.environment_id),
        contentType: 'application/json',
        headers: { 'Cache-Control': 'no-store' },
      }),
    }),
    route({
      method: 'post',
      path: `${base}/repair`,
      right: 'restore',
      tag,
      summary: 'Decide which state holds after it has diverged; runs start again then',
      request: { params: environmentParams, body: schema.repairBody },
      response: { status: 200, description: 'the environment', schema: environment },
      errors: [
        'not_found',
        'active_run',
        'action_not_allowed',
        'state_locked',
        'state_conflict',
        'state_in_bucket',
      ],
      handle: async ({ ctx, params, body }) => ({
        body: environmentView(await stateRepair.repair(ctx, params.environment_id, body)),
      }),
    }),
    route({
      method: 'get',
      path: `${one}/lock`,
      right: 'read',
      tag,
      summary: 'Read who holds the lock of the state: run, epoch, worker, and whether that may still write',
      request: { params: environmentParams },
      response: { status: 200, description: 'the lock', schema: schema.stateLock },
      errors: ['not_found'],
      handle: async ({ ctx, params }) => ({
        body: schema.stateLockView(await stateLock.read(ctx, params.environment_id)),
      }),
    }),
    route({
      method: 'post',
      path: `${one}/unlock`,
      right: 'restore',
      tag,
      summary: 'Free the lock of the state from an epoch that is over',
      request: { params: environmentParams, body: schema.unlockBody },
      response: { status: 200, description: 'the lock that was freed', schema: schema.stateLock },
      errors: ['not_found', 'action_not_allowed', 'state_locked'],
      handle: async ({ ctx, params, body }) => ({
        body: schema.stateLockView(await stateLock.unlock(ctx, params.environment_id, body)),
      }),
    }),
  ];
}
