import type { Db } from '../db/db.js';
import { inTransaction } from '../db/db.js';
import { lockEnvironment } from '../environment/environment-store.js';
import { appError } from '../errors/app-error.js';
import { newId } from '../lib/ids.js';
import type { Page, PageRequest } from '../lib/page.js';
import { getPlanView } from '../plan/plan-store.js';
import type { RequestContext } from '../token/principal.js';
import { blockedBy } from './blocked-by.js';
import { enqueueRun } from './run-job.js';
import { listLogs } from './run-log-store.js';
import { allowedRunActions, runActions, type RunAction } from './run-state.js';
import { getRun, insertReview, listReviews, listRuns, requestCancel } from './run-store.js';
import { transition } from './run-transition.js';
import type { LogLine, PlanView, ReviewRecord, Run, RunFilter } from './run.js';

export interface RunDetail {
  readonly run: Run;
  readonly plan: PlanView | null;
  readonly reviews: readonly ReviewRecord[];
  /** What the run waits for besides a worker; null = nothing. */
  readonly blockedBy: string | null;
}

/** What people do with runs: read them, review them, stop them. Throws `not_found` for another tenant's run. */
export interface RunService {
  list(ctx: RequestContext, filter: RunFilter, page: PageRequest): Promise<Page<Run>>;
  get(ctx: RequestContext, runId: string): Promise<RunDetail>;
  plan(ctx: RequestContext, runId: string): Promise<PlanView>;
  approve(ctx: RequestContext, runId: string, body: { planId: string; note: string | null }): Promise<Run>;
  reject(
    ctx: RequestContext,
    runId: string,
    body: { planId: string | null; note: string | null },
  ): Promise<Run>;
  cancel(ctx: RequestContext, runId: string): Promise<Run>;
  logs(ctx: RequestContext, runId: string, page: PageRequest): Promise<Page<LogLine>>;
}

export function createRunService(db: Db): RunService {
  return {
    list: (ctx, filter, page) =>
      listRuns(db, { ...filter, tenantId: ctx.principal.tenantId ?? filter.tenantId }, page),
    get: (ctx, runId) => readDetail(db, ctx, runId),
    plan: (ctx, runId) => readPlan(db, ctx, runId),
    approve: (ctx, runId, body) => review(db, { ctx, runId, decision: 'approve', ...body }),
    reject: (ctx, runId, body) => review(db, { ctx, runId, decision: 'reject', ...body }),
    cancel: (ctx, runId) => cancel(db, ctx, runId),
    logs: async (ctx, runId, page) => {
      await getRun(db, ctx.principal.tenantId, runId);
      return listLogs(db, runId, page);
    },
  };
}

async function readDetail(db: Db, ctx: RequestContext, runId: string): Promise<RunDetail> {
  const run = await getRun(db, ctx.principal.tenantId, runId);
  const plan = run.planId === null ? null : await getPlanView(db, run.planId);
  return { run, plan, reviews: await listReviews(db, runId), blockedBy: await blockedBy(db, run) };
}

async function readPlan(db: Db, ctx: RequestContext, runId: string): Promise<PlanView> {
  const run = await getRun(db, ctx.principal.tenantId, runId);
  if (run.planId === null) throw appError('not_found', `run ${runId} is ${run.status} and has no plan`);
  return getPlanView(db, run.planId);
}

interface ReviewCommand {
  readonly ctx: RequestContext;
  readonly runId: string;
  readonly decision: 'approve' | 'reject';
  readonly planId: string | null;
  readonly note: string | null;
}

async function review(db: Db, command: ReviewCommand): Promise<Run> {
  const { ctx, runId, decision } = command;
  const { environmentId } = await getRun(db, ctx.principal.tenantId, runId);
  return inTransaction(db, async (tx) => {
    await lockEnvironment(tx, ctx.principal.tenantId, environmentId);
    const run = await getRun(tx, ctx.principal.tenantId, runId);
    if (run.planId === null || (command.planId !== null && command.planId !== run.planId))
      throw appError('plan_mismatch', mismatchText(run, command.planId), { extra: { plan_id: run.planId } });
    assertAllowed(run, decision);
    await insertReview(tx, {
      reviewId: newId('review'),
      runId,
      planId: run.planId,
      decision,
      reviewedBy: ctx.principal.name,
      note: command.note,
    });
    const approved = decision === 'approve';
    const moved = await transition(tx, {
      runId,
      to: approved ? 'approved' : 'rejected',
      message: `${ctx.principal.name} ${approved ? 'approved' : 'rejected'} plan ${run.planId}`,
      data: { plan_id: run.planId, note: command.note },
      byPerson: true,
      ...(approved
        ? {}
        : { error: recorded('run_rejected', `the plan was rejected by ${ctx.principal.name}`) }),
    });
    if (approved) await enqueueRun(tx, moved);
    return moved;
  });
}

function mismatchText(run: Run, planId: string | null): string {
  if (run.planId === null) return `run ${run.runId} is ${run.status} and has no plan yet`;
  return `plan ${planId} is not the current plan of run ${run.runId}; that is ${run.planId}`;
}

function assertAllowed(run: Run, action: RunAction): void {
  if (runActions[action].includes(run.status)) return;
  throw appError('action_not_allowed', `run ${run.runId} is ${run.status}: ${action} is not possible`, {
    extra: { status: run.status, allowed_actions: allowedRunActions(run.status) },
  });
}

function recorded(code: 'run_rejected' | 'run_canceled', message: string) {
  return { code, message, blame: 'caller', retryable: true, step: null };
}

/** Ends a waiting run at once; a run in a worker's hands is asked to stop and ends when its tool has. */
async function cancel(db: Db, ctx: RequestContext, runId: string): Promise<Run> {
  const { environmentId } = await getRun(db, ctx.principal.tenantId, runId);
  return inTransaction(db, async (tx) => {
    await lockEnvironment(tx, ctx.principal.tenantId, environmentId);
    const run = await getRun(tx, ctx.principal.tenantId, runId);
    assertAllowed(run, 'cancel');
    await requestCancel(tx, runId, ctx.principal.name);
    if (run.leaseOwner !== null) return getRun(tx, null, runId);
    const message = `the run was canceled by ${ctx.principal.name}`;
    const error = recorded('run_canceled', message);
    return transition(tx, { runId, to: 'canceled', message, error, byPerson: true });
  });
}
