import type { Db } from '../db/db.js';
import { inTransaction } from '../db/db.js';
import { getEnvironment, lockEnvironment } from '../environment/environment-store.js';
import { appError } from '../errors/app-error.js';
import type { Page, PageRequest } from '../lib/page.js';
import { getPlanView, type ChangeRange } from '../plan/plan-store.js';
import type { RequestContext } from '../token/principal.js';
import { blockedBy, type Limits } from './blocked-by.js';
import { readReviewFacts } from '../review/review-facts.js';
import { createReviewService, type ReviewProps, type ReviewService } from '../review/review-service.js';
import { reviewState, type ReviewState } from '../review/review-state.js';
import { replanRun } from './replan-service.js';
import { assertRunAction } from './run-action.js';
import { listLogs } from './run-log-store.js';
import { getRun, listRuns, requestCancel, requestForceCancel, secondsSinceCancel } from './run-store.js';
import { allowedRunActions } from './run-state.js';
import { transition } from './run-transition.js';
import type { LogLine, PlanView, ReviewRecord, Run, RunFilter } from './run.js';

type PlanRange = ChangeRange & { readonly text?: boolean };

export interface RunDetail {
  readonly run: Run;
  readonly plan: PlanView | null;
  readonly reviews: readonly ReviewRecord[];
  /** Where the review stands, for who asks. */
  readonly review: ReviewState;
  /** What the run waits for besides a worker; null = nothing. */
  readonly blockedBy: string | null;
}

/** What people do with runs: read them, review them, stop them. Throws `not_found` for another tenant's run. */
export interface RunService extends ReviewService {
  list(ctx: RequestContext, filter: RunFilter, page: PageRequest): Promise<Page<Run>>;
  get(ctx: RequestContext, runId: string): Promise<RunDetail>;
  plan(ctx: RequestContext, runId: string, range: PlanRange): Promise<PlanView>;
  cancel(ctx: RequestContext, runId: string): Promise<Run>;
  /** Ends the tool of a run that does not stop; ten seconds after a cancel at the soonest. */
  forceCancel(ctx: RequestContext, runId: string): Promise<Run>;
  replan(ctx: RequestContext, runId: string): Promise<Run>;
  logs(ctx: RequestContext, runId: string, page: PageRequest): Promise<Page<LogLine>>;
}

export interface RunServiceProps extends ReviewProps, Pick<Limits, 'accountRunsAtOnce'> {}

export function createRunService(props: RunServiceProps): RunService {
  const { db } = props;
  return {
    ...createReviewService(props),
    list: (ctx, filter, page) =>
      listRuns(db, { ...filter, tenantId: ctx.principal.tenantId ?? filter.tenantId }, page),
    get: (ctx, runId) => readDetail(props, ctx, runId),
    plan: (ctx, runId, range) => readPlan(db, ctx, { runId, range }),
    cancel: (ctx, runId) => cancel(db, ctx, runId),
    forceCancel: (ctx, runId) => forceCancel(db, ctx, runId),
    replan: (ctx, runId) => replanRun(db, ctx, runId),
    logs: async (ctx, runId, page) => {
      await getRun(db, ctx.principal.tenantId, runId);
      return listLogs(db, runId, page);
    },
  };
}

async function readDetail(
  { db, accountRunsAtOnce }: RunServiceProps,
  ctx: RequestContext,
  runId: string,
): Promise<RunDetail> {
  const run = await getRun(db, ctx.principal.tenantId, runId);
  const plan = run.planId === null ? null : await getPlanView(db, run.planId, { from: 0, count: 0 });
  const environment = await getEnvironment(db, run.tenantId, run.environmentId);
  const facts = await readReviewFacts(db, { run, environment, summary: plan?.summary ?? null });
  const review = reviewState(facts, ctx.principal);
  const blocked = await blockedBy(db, run, { missing: review.missing, accountRunsAtOnce });
  return { run, plan, reviews: facts.reviews, review, blockedBy: blocked };
}

async function readPlan(
  db: Db,
  ctx: RequestContext,
  { runId, range }: { readonly runId: string; readonly range: PlanRange },
): Promise<PlanView> {
  const run = await getRun(db, ctx.principal.tenantId, runId);
  if (run.planId === null) throw appError('not_found', `run ${runId} is ${run.status} and has no plan`);
  return getPlanView(db, run.planId, range);
}

/** Ends a waiting run at once; a run in a worker's hands is asked to stop and ends when its tool has. */
async function cancel(db: Db, ctx: RequestContext, runId: string): Promise<Run> {
  const { environmentId } = await getRun(db, ctx.principal.tenantId, runId);
  return inTransaction(db, async (tx) => {
    await lockEnvironment(tx, ctx.principal.tenantId, environmentId);
    const run = await getRun(tx, ctx.principal.tenantId, runId);
    assertRunAction(run, 'cancel');
    await requestCancel(tx, runId, ctx.principal.name);
    if (run.leaseOwner !== null) return getRun(tx, null, runId);
    const left = run.applyStarted ? '; what it made exists: retry goes on from there, delete removes it' : '';
    const message = `the run was canceled by ${ctx.principal.name}${left}`;
    const error = { code: 'run_canceled', message, blame: 'caller', retryable: true, step: null };
    return transition(tx, { runId, to: 'canceled', message, error, byPerson: true });
  });
}

const forceAfterSeconds = 10;

/** Only after a cancel that had its time: a run that is let stop by itself keeps more of its state. */
async function forceCancel(db: Db, ctx: RequestContext, runId: string): Promise<Run> {
  const { environmentId } = await getRun(db, ctx.principal.tenantId, runId);
  return inTransaction(db, async (tx) => {
    await lockEnvironment(tx, ctx.principal.tenantId, environmentId);
    const run = await getRun(tx, ctx.principal.tenantId, runId);
    assertRunAction(run, 'force_cancel');
    const seconds = await secondsSinceCancel(tx, runId);
    if (seconds === null || seconds < forceAfterSeconds)
      throw appError('action_not_allowed', tooSoon(runId, seconds), {
        extra: { status: run.status, allowed_actions: allowedRunActions(run.status) },
      });
    await requestForceCancel(tx, runId, ctx.principal.name);
    return getRun(tx, null, runId);
  });
}

function tooSoon(runId: string, seconds: number | null): string {
  if (seconds === null)
    return `run ${runId} was not asked to stop: cancel it first; force-cancel is possible ${forceAfterSeconds} s later`;
  return `run ${runId} was asked to stop ${seconds} s ago: force-cancel is possible in ${forceAfterSeconds - seconds} s`;
}
