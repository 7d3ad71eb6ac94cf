import { z } from 'zod';
import type { ReviewState } from '../../src/review/review-state.js';
import type { RunComment } from '../../src/review/review-store.js';
import { phaseNames } from '../../src/run/phase-rules.js';
import { allowedRunActions, runKinds, runStatuses } from '../../src/run/run-state.js';
import type { LogLine, PlanView, ReviewRecord, Run } from '../../src/run/run.js';
import { policyReport, policyReportView } from './policy.js';
import { reviewRuleRef, ruleRefView } from './review-rule.js';
import { anId, iso, isoOrNull, pageOf, pageQuery, recordedError, time } from './common.js';

export const runParams = z.strictObject({ run_id: anId('`run_...`') });

export const runQuery = z.strictObject({
  ...pageQuery(200, 50),
  tenant_id: anId('of this tenant').optional(),
  environment_id: anId('of this environment').optional(),
  status: z.enum(runStatuses).optional(),
  kind: z.enum(runKinds).optional(),
});

const note = z.string().max(2000).nullable().default(null);

export const approveBody = z
  .strictObject({
    plan_id: anId('the plan that was read; another one is refused'),
    note,
    confirm: z
      .string()
      .max(40)
      .nullable()
      .default(null)
      .describe('the name of the environment: needed for a plan of high or critical risk'),
  })
  .meta({ id: 'Approve' });

export const rejectBody = z
  .strictObject({ plan_id: anId('the plan that was read').nullable().default(null), note })
  .default({ plan_id: null, note: null })
  .meta({ id: 'Reject' });

export const withdrawBody = z
  .strictObject({ plan_id: anId('the plan that was approved').nullable().default(null), note })
  .default({ plan_id: null, note: null })
  .meta({ id: 'Withdraw' });

export const commentBody = z
  .strictObject({ text: z.string().trim().min(1).max(10_000) })
  .meta({ id: 'NewComment' });

export const commentQuery = z.strictObject(pageQuery(200, 50));

export const comment = z
  .strictObject({
    comment_id: z.string(),
    run_id: z.string(),
    plan_id: z.string().nullable().describe('the plan that the run had then'),
    author_id: z.string(),
    written_by: z.string(),
    text: z.string(),
    created_at: time,
  })
  .meta({ id: 'Comment' });

export const commentPage = pageOf('CommentPage', comment);

export function commentView(one: RunComment): z.input<typeof comment> {
  return {
    comment_id: one.commentId,
    run_id: one.runId,
    plan_id: one.planId,
    author_id: one.authorId,
    written_by: one.writtenBy,
    text: one.text,
    created_at: iso(one.createdAt),
  };
}

const review = z
  .strictObject({
    review_id: z.string(),
    plan_id: z.string(),
    decision: z.enum(['approve', 'reject', 'withdraw']),
    reviewed_by: z.string(),
    reviewer_id: z.string().describe('token or person'),
    carried_from: z.string().nullable().describe('the plan it was said of, before the run was planned again'),
    note: z.string().nullable(),
    created_at: time,
  })
  .meta({ id: 'Review' });

const timing = z
  .strictObject({ step: z.string(), started_at: z.string(), duration_ms: z.number() })
  .meta({ id: 'Timing' });

const attempt = z
  .strictObject({
    step: z.string(),
    attempt: z.int().describe('1 = the first'),
    code: z.string(),
    message: z.string(),
    failed_at: z.string(),
    wait_ms: z.number().describe('how long was waited before the next one'),
  })
  .meta({ id: 'Attempt' });

const phase = z
  .strictObject({
    name: z.enum(phaseNames),
    duration_ms: z.number(),
    budget_ms: z.number(),
    over: z.boolean().describe('it took longer than its budget'),
  })
  .meta({ id: 'Phase' });

export const run = z
  .strictObject({
    run_id: z.string(),
    environment_id: z.string(),
    tenant_id: z.string(),
    account_id: z.string(),
    kind: z.enum(runKinds),
    status: z.enum(runStatuses),
    revision: z.int(),
    review: z.enum(['required', 'auto']),
    requested_by: z.string(),
    replan_of: z.string().nullable().describe('the run that this one plans again'),
    correlation_id: z.string(),
    plan_id: z.string().nullable(),
    interruptions: z.int(),
    cancel_requested_at: time.nullable(),
    force_cancel_requested_at: time.nullable(),
    attempts: z.array(attempt).describe('what failed in passing and was tried again'),
    timings: z.array(timing).describe('how long each step took'),
    phases: z.array(phase).describe('how long the parts of an apply took; empty before it'),
    error: recordedError.nullable(),
    allowed_actions: z.array(z.string()),
    created_at: time,
    started_at: time.nullable(),
    finished_at: time.nullable(),
  })
  .meta({ id: 'Run' });

export const runPage = pageOf('RunPage', run);

/** Force is offered once a cancel was asked for. */
function actionsOf({ status, cancelRequestedAt }: Run): string[] {
  return allowedRunActions(status).filter(
    (action) => action !== 'force_cancel' || cancelRequestedAt !== null,
  );
}

export function runView(one: Run): z.input<typeof run> {
  return {
    run_id: one.runId,
    environment_id: one.environmentId,
    tenant_id: one.tenantId,
    account_id: one.accountId,
    kind: one.kind,
    status: one.status,
    revision: one.revision,
    review: one.review,
    requested_by: one.requestedBy,
    replan_of: one.replanOf,
    correlation_id: one.correlationId,
    plan_id: one.planId,
    interruptions: one.interruptions,
    cancel_requested_at: isoOrNull(one.cancelRequestedAt),
    force_cancel_requested_at: isoOrNull(one.forceCancelRequestedAt),
    attempts: one.attempts.map(({ step, attempt, code, message, failedAt, waitMs }) => ({
      step,
      attempt,
      code,
      message,
      failed_at: failedAt,
      wait_ms: waitMs,
    })),
    timings: one.timings.map(({ step, startedAt, durationMs }) => ({
      step,
      started_at: startedAt,
      duration_ms: durationMs,
    })),
    phases: one.phases.map(({ name, durationMs, budgetMs, over }) => ({
      name,
      duration_ms: durationMs,
      budget_ms: budgetMs,
      over,
    })),
    error: one.error,
    allowed_actions: actionsOf(one),
    created_at: iso(one.createdAt),
    started_at: isoOrNull(one.startedAt),
    finished_at: isoOrNull(one.finishedAt),
  };
}

const reviewStanding = z
  .strictObject({
    mode: z.enum(['required', 'auto']).describe('what the environment asks for'),
    rule: reviewRuleRef,
    needed: z.int().describe('approvals that the rule wants'),
    given: z.int(),
    missing: z.int(),
    approved_by: z.array(z.string()),
    why: z.string().nullable().describe('why a person has to look; null = nobody has to'),
    confirm: z.string().nullable().describe('what `confirm` of the approval has to be; null = nothing'),
    can_approve: z.boolean().describe('whether you can, now'),
    why_not: z.string().nullable(),
  })
  .meta({ id: 'ReviewStanding' });

export const runDetail = run
  .extend({
    review: reviewStanding,
    plan: z.strictObject({ plan_id: z.string(), summary: z.unknown() }).nullable(),
    policy: policyReport.nullable().describe('what the policies said of the plan; null = none was asked'),
    reviews: z.array(review),
    blocked_by: z.string().nullable().describe('what the run waits for'),
  })
  .meta({ id: 'RunDetail' });

export interface RunDetailParts {
  readonly run: Run;
  readonly plan: PlanView | null;
  readonly reviews: readonly ReviewRecord[];
  readonly review: ReviewState;
  readonly blockedBy: string | null;
}

function standingView(
  mode: Run['review'],
  { rule, needed, approvals, missing, why, confirm, refusal }: ReviewState,
): z.input<typeof reviewStanding> {
  return {
    mode,
    rule: ruleRefView(rule),
    needed,
    given: approvals.length,
    missing,
    approved_by: approvals.map(({ reviewedBy }) => reviewedBy),
    why,
    confirm,
    can_approve: refusal === null,
    why_not: refusal?.publicMessage ?? null,
  };
}

export function runDetailView(parts: RunDetailParts): z.input<typeof runDetail> {
  const { plan } = parts;
  return {
    ...runView(parts.run),
    review: standingView(parts.run.review, parts.review),
    plan: plan && { plan_id: plan.planId, summary: plan.summary },
    policy: plan?.policy ? policyReportView(plan.policy) : null,
    reviews: parts.reviews.map((one) => ({
      review_id: one.reviewId,
      plan_id: one.planId,
      decision: one.decision,
      reviewed_by: one.reviewedBy,
      reviewer_id: one.reviewerId,
      carried_from: one.carriedFrom,
      note: one.note,
      created_at: iso(one.createdAt),
    })),
    blocked_by: parts.blockedBy,
  };
}

export const planQuery = z.strictObject({
  ...pageQuery(1000, 200),
  form: z
    .enum(['terrace', 'terraform'])
    .default('terrace')
    .describe("of the text: grouped by risk, or Terraform's own"),
  color: z.enum(['never', 'always']).default('never').describe('of the text'),
});

export const plan = z
  .strictObject({
    plan_id: z.string(),
    run_id: z.string(),
    summary: z.unknown().describe('counts, risk and its reasons'),
    changes: z
      .unknown()
      .describe(
        'each change, the riskiest first: its attributes before and after, masked, each with its cause',
      ),
    changes_total: z.int(),
    next_cursor: z.string().nullable().describe('null on the last page of changes'),
    drift: z.unknown().describe('what was changed outside of Terraform'),
    outputs: z.unknown(),
    plan_sha256: z.string(),
    synth_sha256: z.string(),
    tool_version: z.string(),
    state_serial: z.int().nullable(),
    created_at: time,
  })
  .meta({ id: 'Plan' });

export function planView(one: PlanView, nextCursor: string | null): z.input<typeof plan> {
  return {
    plan_id: one.planId,
    run_id: one.runId,
    summary: one.summary,
    changes: one.changes,
    changes_total: one.changesTotal,
    next_cursor: nextCursor,
    drift: one.drift,
    outputs: one.outputs,
    plan_sha256: one.planSha256,
    synth_sha256: one.synthSha256,
    tool_version: one.toolVersion,
    state_serial: one.stateSerial === null ? null : Number(one.stateSerial),
    created_at: iso(one.createdAt),
  };
}

export const logQuery = z.strictObject(pageQuery(1000, 200));

export const logLine = z
  .strictObject({ sequence: z.int(), phase: z.string(), line: z.string(), created_at: time })
  .meta({ id: 'LogLine' });

export const logPage = pageOf('LogPage', logLine);

export function logLineView(one: LogLine): z.input<typeof logLine> {
  return { sequence: Number(one.sequence), phase: one.phase, line: one.line, created_at: iso(one.createdAt) };
}
