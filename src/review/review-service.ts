import { inTransaction, type Db, type Tx } from '../db/db.js';
import { lockEnvironment } from '../environment/environment-store.js';
import { appError, AppError } from '../errors/app-error.js';
import { appendEvent } from '../event/event-store.js';
import { newId } from '../lib/ids.js';
import type { Page, PageRequest } from '../lib/page.js';
import { getPlanSummary } from '../plan/plan-store.js';
import { approvalDenied, judgeAgain } from '../policy/judge-again.js';
import { enqueueRun } from '../run/run-job.js';
import { assertRunAction } from '../run/run-action.js';
import { allowedRunActions, type RunAction } from '../run/run-state.js';
import { getRun } from '../run/run-store.js';
import { transition } from '../run/run-transition.js';
import type { ReviewRecord, Run } from '../run/run.js';
import type { RequestContext } from '../token/principal.js';
import { planFault, type PlanCheck, type PlanFault } from './plan-check.js';
import { readReviewFacts } from './review-facts.js';
import { ruleName, type ReviewRule } from './review-rules.js';
import { reviewState } from './review-state.js';
import { insertComment, insertReview, listComments, type RunComment } from './review-store.js';

export interface Approval {
  readonly planId: string;
  readonly note: string | null;
  /** The name of the environment, where the risk asks for it. */
  readonly confirm: string | null;
}

export interface OtherDecision {
  readonly planId: string | null;
  readonly note: string | null;
}

/** What people say of a run's plan. Each word is kept, and told by an event. */
export interface ReviewService {
  /** The run goes on when the rule has the approvals that it wants. */
  approve(ctx: RequestContext, runId: string, body: Approval): Promise<Run>;
  /** Ends the run. */
  reject(ctx: RequestContext, runId: string, body: OtherDecision): Promise<Run>;
  /** Takes one's approval back, while the run still waits. */
  withdraw(ctx: RequestContext, runId: string, body: OtherDecision): Promise<Run>;
  comment(ctx: RequestContext, runId: string, text: string): Promise<RunComment>;
  comments(ctx: RequestContext, runId: string, page: PageRequest): Promise<Page<RunComment>>;
}

export interface ReviewProps extends PlanCheck {
  readonly db: Db;
}

export function createReviewService(props: ReviewProps): ReviewService {
  const { db } = props;
  return {
    approve: (ctx, runId, body) => decide(props, { ctx, runId, action: 'approve', ...body }),
    reject: (ctx, runId, body) => decide(props, { ctx, runId, action: 'reject', confirm: null, ...body }),
    withdraw: (ctx, runId, body) => decide(props, { ctx, runId, action: 'withdraw', confirm: null, ...body }),
    comment: (ctx, runId, text) => comment(db, ctx, { runId, text }),
    comments: async (ctx, runId, page) => {
      await getRun(db, ctx.principal.tenantId, runId);
      return listComments(db, runId, page);
    },
  };
}

interface Decision {
  readonly ctx: RequestContext;
  readonly runId: string;
  readonly action: Extract<RunAction, 'approve' | 'reject' | 'withdraw'>;
  readonly planId: string | null;
  readonly note: string | null;
  readonly confirm: string | null;
}

type Reviewed = Run & { readonly planId: string };

/** One decision at a time for each environment: its row is locked first. */
async function decide(props: ReviewProps, decision: Decision): Promise<Run> {
  const { ctx, runId, action } = decision;
  const asked = await getRun(props.db, ctx.principal.tenantId, runId);
  const { environmentId } = asked;
  const denied = action === 'approve' ? await deniedNow(props.db, decision, asked) : null;
  const outcome = await inTransaction(props.db, async (tx) => {
    const environment = await lockEnvironment(tx, ctx.principal.tenantId, environmentId);
    const run = await getRun(tx, ctx.principal.tenantId, runId);
    if (!hasPlan(run) || (decision.planId !== null && decision.planId !== run.planId))
      throw appError('plan_mismatch', mismatchText(run, decision.planId), { extra: { plan_id: run.planId } });
    assertRunAction(run, action);
    if (action === 'reject') return reject(tx, decision, run);
    const summary = await getPlanSummary(tx, run.planId);
    const facts = await readReviewFacts(tx, { run, environment, summary });
    if (action === 'withdraw') return withdraw(tx, decision, { run, approvals: facts.reviews });
    const fault = await planFault(tx, props, run.planId);
    if (fault !== null) return endBy(tx, run, fault);
    const { refusal, confirm, missing, needed, approvals, rule } = reviewState(facts, ctx.principal);
    if (refusal !== null) throw refusal;
    if (denied !== null) throw denied;
    assertConfirmed(decision, { run, confirm });
    const given = approvals.length + (missing > 0 ? 1 : 0);
    await tell(tx, decision, { run, rule, text: `approved plan ${run.planId} (${given} of ${needed})` });
    return given < needed ? getRun(tx, null, runId) : approve(tx, decision, run);
  });
  if (outcome instanceof AppError) throw outcome;
  return outcome;
}

/** Judged before the environment is locked: policies take their time. Who may not approve hears that first. */
async function deniedNow(db: Db, { planId }: Decision, run: Run): Promise<AppError | null> {
  if (!hasPlan(run) || run.planId !== planId || run.status !== 'awaiting_review') return null;
  return approvalDenied(run.planId, await judgeAgain(db, run, new Date()));
}

function hasPlan(run: Run): run is Reviewed {
  return run.planId !== null;
}

function mismatchText(run: Run, planId: string | null): string {
  if (run.planId === null) return `run ${run.runId} is ${run.status} and has no plan yet`;
  return `plan ${planId} is not the current plan of run ${run.runId}; that is ${run.planId}`;
}

function assertConfirmed(
  { confirm: given }: Decision,
  { run, confirm: wanted }: { run: Reviewed; confirm: string | null },
): void {
  if (wanted === null || given === wanted) return;
  const message = `must be "${wanted}", the name of the environment: the plan is of high risk`;
  throw appError(
    'confirmation_required',
    `plan ${run.planId} is of high risk: send "confirm": "${wanted}", the name of the environment, with the approval`,
    {
      errors: [{ path: 'confirm', message }],
    },
  );
}

interface Told {
  readonly run: Reviewed;
  readonly rule: ReviewRule | null;
  /** What the person did. */
  readonly text: string;
}

const eventTypes = {
  approve: 'review_approved',
  reject: 'review_rejected',
  withdraw: 'review_withdrawn',
} as const;

/** Keeps a decision, and tells the timeline who took it, on which plan, with which note. */
async function tell(tx: Tx, { ctx, action, note }: Decision, { run, rule, text }: Told): Promise<void> {
  const { name, tokenId } = ctx.principal;
  const { runId, planId, tenantId, environmentId } = run;
  await insertReview(tx, {
    reviewId: newId('review'),
    runId,
    planId,
    decision: action,
    reviewedBy: name,
    reviewerId: tokenId,
    carriedFrom: null,
    note,
  });
  const data = {
    plan_id: planId,
    note,
    by: name,
    by_id: tokenId,
    rule: rule === null ? null : ruleName(rule),
  };
  const message = `${name} ${text}`;
  await appendEvent(tx, { tenantId, environmentId, runId, type: eventTypes[action], message, data });
}

async function approve(tx: Tx, { ctx, note }: Decision, { runId, planId }: Reviewed): Promise<Run> {
  const message = `${ctx.principal.name} approved plan ${planId}`;
  const data = { plan_id: planId, note };
  const moved = await transition(tx, { runId, to: 'approved', message, data, byPerson: true });
  await enqueueRun(tx, moved);
  return moved;
}

async function reject(tx: Tx, decision: Decision, run: Reviewed): Promise<Run> {
  const { runId, planId } = run;
  const { name } = decision.ctx.principal;
  await tell(tx, decision, { run, rule: null, text: `rejected plan ${planId}` });
  return transition(tx, {
    runId,
    to: 'rejected',
    message: `${name} rejected plan ${planId}`,
    data: { plan_id: planId, note: decision.note },
    byPerson: true,
    error: {
      code: 'run_rejected',
      message: `the plan was rejected by ${name}`,
      blame: 'caller',
      retryable: true,
      step: null,
    },
  });
}

async function withdraw(
  tx: Tx,
  decision: Decision,
  { run, approvals }: { run: Reviewed; approvals: readonly ReviewRecord[] },
): Promise<Run> {
  const { tokenId } = decision.ctx.principal;
  const mine = approvals.filter(({ reviewerId, planId }) => reviewerId === tokenId && planId === run.planId);
  if (mine.at(-1)?.decision !== 'approve')
    throw appError(
      'nothing_to_withdraw',
      `you have not approved plan ${run.planId}: there is nothing to withdraw`,
    );
  await tell(tx, decision, { run, rule: null, text: `withdrew the approval of plan ${run.planId}` });
  return getRun(tx, null, run.runId);
}

/** Ends a run whose plan is good no more; the refusal is for whoever wanted to approve it. */
async function endBy(tx: Tx, run: Reviewed, { to, error, reason }: PlanFault): Promise<AppError> {
  const { code, message, blame, retryable } = error;
  await transition(tx, {
    runId: run.runId,
    to,
    message,
    error: { code, message, blame, retryable, step: 'approve' },
    data: { plan_id: run.planId, reason },
    byPerson: true,
  });
  return appError(code, message, { extra: { status: to, allowed_actions: allowedRunActions(to) } });
}

async function comment(
  db: Db,
  ctx: RequestContext,
  { runId, text }: { runId: string; text: string },
): Promise<RunComment> {
  const { name, tokenId } = ctx.principal;
  const { tenantId, environmentId, planId } = await getRun(db, ctx.principal.tenantId, runId);
  return inTransaction(db, async (tx) => {
    const commentId = newId('comment');
    const kept = await insertComment(tx, {
      commentId,
      runId,
      planId,
      authorId: tokenId,
      writtenBy: name,
      text,
    });
    const data = { comment_id: commentId, plan_id: planId, by: name, by_id: tokenId };
    const message = `${name} commented on the run`;
    await appendEvent(tx, { tenantId, environmentId, runId, type: 'run_commented', message, data });
    return kept;
  });
}
