import { answerPlan } from '../plan-answer.js';
import { isFinal } from '../../src/run/run-state.js';
import { pageAnswer, pageRequest } from '../cursor.js';
import type { AppDeps } from '../deps.js';
import { follow, wantsStream } from '../event-stream.js';
import { route, type Route } from '../route.js';
import * as schema from '../schemas/run.js';
import { seesNothing } from '../tenant-scope.js';

const tag = 'runs';
const base = '/api/v1/runs';
const params = schema.runParams;
const moved = {
  status: 202,
  description: 'the run as it is now',
  schema: schema.run,
  headers: ['Location'],
} as const;

/** Runs: read, review, stop, follow. */
export function runRoutes({ runs }: AppDeps): Route[] {
  const movedAnswer = (run: Parameters<typeof schema.runView>[0]) => ({
    body: schema.runView(run),
    headers: { Location: `${base}/${run.runId}` },
  });
  return [
    route({
      method: 'get',
      path: base,
      right: 'read',
      tag,
      summary: 'List runs, newest first',
      request: { query: schema.runQuery },
      response: { status: 200, description: 'one page', schema: schema.runPage },
      errors: ['invalid_cursor'],
      handle: async (input) => {
        const { tenant_id: tenantId, environment_id: environmentId, status, kind } = input.query;
        const page = pageRequest(input);
        if (seesNothing(input.ctx, tenantId)) return { body: { items: [], next_cursor: null } };
        const filter = { tenantId, environmentId, status, kind };
        return pageAnswer(input, await runs.list(input.ctx, filter, page), schema.runView);
      },
    }),
    route({
      method: 'get',
      path: `${base}/{run_id}`,
      right: 'read',
      tag,
      summary: 'Read a run with its plan summary, reviews and timings',
      request: { params },
      response: { status: 200, description: 'the run', schema: schema.runDetail },
      errors: ['not_found'],
      handle: async ({ ctx, params: { run_id: id } }) => ({
        body: schema.runDetailView(await runs.get(ctx, id)),
      }),
    }),
    route({
      method: 'get',
      path: `${base}/{run_id}/plan`,
      right: 'plan',
      tag,
      summary: 'Read the plan: structured, a page of changes at a time, or as text',
      request: { params, query: schema.planQuery },
      response: {
        status: 200,
        description: 'the plan; as `text/plain` for terminals or `text/markdown` for comments when asked for',
        schema: schema.plan,
        otherTypes: ['text/plain', 'text/markdown'],
      },
      errors: ['not_found', 'invalid_cursor'],
      handle: (input) => answerPlan(runs, input),
    }),
    route({
      method: 'post',
      path: `${base}/{run_id}/approve`,
      right: 'approve',
      tag,
      summary: 'Approve the plan of that id',
      request: { params, body: schema.approveBody },
      response: moved,
      errors: [
        'not_found',
        'plan_mismatch',
        'action_not_allowed',
        'plan_expired',
        'plan_stale',
        'artifact_corrupt',
        'own_plan',
        'already_approved',
        'confirmation_required',
      ],
      handle: async ({ ctx, params: { run_id: id }, body }) =>
        movedAnswer(
          await runs.approve(ctx, id, { planId: body.plan_id, note: body.note, confirm: body.confirm }),
        ),
    }),
    route({
      method: 'post',
      path: `${base}/{run_id}/reject`,
      right: 'approve',
      tag,
      summary: 'Reject the plan: the run ends',
      request: { params, body: schema.rejectBody },
      response: moved,
      errors: ['not_found', 'plan_mismatch', 'action_not_allowed'],
      handle: async ({ ctx, params: { run_id: id }, body }) =>
        movedAnswer(await runs.reject(ctx, id, { planId: body.plan_id, note: body.note })),
    }),
    route({
      method: 'post',
      path: `${base}/{run_id}/withdraw`,
      right: 'approve',
      tag,
      summary: 'Take your approval back, while the run still waits for others',
      request: { params, body: schema.withdrawBody },
      response: moved,
      errors: ['not_found', 'plan_mismatch', 'action_not_allowed', 'nothing_to_withdraw'],
      handle: async ({ ctx, params: { run_id: id }, body }) =>
        movedAnswer(await runs.withdraw(ctx, id, { planId: body.plan_id, note: body.note })),
    }),
    route({
      method: 'post',
      path: `${base}/{run_id}/replan`,
      right: 'run',
      tag,
      summary: 'Plan again by a new run, after this one is stale, expired, or instead of waiting',
      request: { params },
      response: moved,
      errors: ['not_found', 'active_run', 'action_not_allowed'],
      handle: async ({ ctx, params: { run_id: id } }) => movedAnswer(await runs.replan(ctx, id)),
    }),
    route({
      method: 'post',
      path: `${base}/{run_id}/comments`,
      right: 'comment',
      tag,
      summary: 'Comment on a run',
      request: { params, body: schema.commentBody },
      response: { status: 201, description: 'the comment', schema: schema.comment },
      errors: ['not_found'],
      handle: async ({ ctx, params: { run_id: id }, body }) => ({
        body: schema.commentView(await runs.comment(ctx, id, body.text)),
      }),
    }),
    route({
      method: 'get',
      path: `${base}/{run_id}/comments`,
      right: 'read',
      tag,
      summary: 'List the comments on a run, oldest first',
      request: { params, query: schema.commentQuery },
      response: { status: 200, description: 'one page', schema: schema.commentPage },
      errors: ['not_found', 'invalid_cursor'],
      handle: async (input) => {
        const page = await runs.comments(input.ctx, input.params.run_id, pageRequest(input));
        return pageAnswer(input, page, schema.commentView);
      },
    }),
    route({
      method: 'post',
      path: `${base}/{run_id}/cancel`,
      right: 'run',
      tag,
      summary: 'Stop the run; in an apply the state is saved first',
      request: { params },
      response: moved,
      errors: ['not_found', 'action_not_allowed'],
      handle: async ({ ctx, params: { run_id: id } }) => movedAnswer(await runs.cancel(ctx, id)),
    }),
    route({
      method: 'post',
      path: `${base}/{run_id}/force-cancel`,
      right: 'run',
      tag,
      summary: 'End the tool of a run that does not stop, ten seconds after a cancel or later',
      request: { params },
      response: moved,
      errors: ['not_found', 'action_not_allowed'],
      handle: async ({ ctx, params: { run_id: id } }) => movedAnswer(await runs.forceCancel(ctx, id)),
    }),
    route({
      method: 'get',
      path: `${base}/{run_id}/logs`,
      right: 'logs',
      tag,
      summary: 'Read the log, oldest first, or follow it',
      request: { params, query: schema.logQuery },
      response: {
        status: 200,
        description:
          'one page; with `Accept: text/event-stream` a stream, resumed by `Last-Event-ID`, that ends with the run',
        schema: schema.logPage,
        otherTypes: ['text/event-stream'],
      },
      errors: ['not_found', 'invalid_cursor'],
      handle: async (input) => {
        const { run_id: id } = input.params;
        const first = pageRequest(input, 'sequence');
        if (!wantsStream(input.req))
          return pageAnswer(input, await runs.logs(input.ctx, id, first), schema.logLineView);
        await runs.get(input.ctx, id);
        return follow(input.req, {
          read: (after) => runs.logs(input.ctx, id, { limit: 200, after }),
          view: schema.logLineView,
          isOver: async () => isFinal((await runs.get(input.ctx, id)).run.status),
        });
      },
    }),
  ];
}
