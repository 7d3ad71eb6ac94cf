import { z } from 'zod';
import { phaseNames } from '../../src/run/phase-rules.js';
import { allowedRunActions, runKinds, runStatuses } from '../../src/run/run-state.js';
import type { LogLine, PlanView, ReviewRecord, Run } from '../../src/run/run.js';
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
  .strictObject({ plan_id: anId('the plan that was read; another one is refused'), note })
  .meta({ id: 'Approve' });

export const rejectBody = z
  .strictObject({ plan_id: anId('the plan that was read').nullable().default(null), note })
  .default({ plan_id: null, note: null })
  .meta({ id: 'Reject' });

const review = z
  .strictObject({
    review_id: z.string(),
    plan_id: z.string(),
    decision: z.enum(['approve', 'reject']),
    reviewed_by: z.string(),
    note: z.string().nullable(),
    created_at: time,
  })
  .meta({ id: 'Review' });

const timing = z
  .strictObject({ step: z.string(), started_at: z.string(), duration_ms: z.number() })
  .meta({ id: 'Timing' });

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
    correlation_id: z.string(),
    plan_id: z.string().nullable(),
    interruptions: z.int(),
    cancel_requested_at: time.nullable(),
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
    correlation_id: one.correlationId,
    plan_id: one.planId,
    interruptions: one.interruptions,
    cancel_requested_at: isoOrNull(one.cancelRequestedAt),
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
    allowed_actions: allowedRunActions(one.status),
    created_at: iso(one.createdAt),
    started_at: isoOrNull(one.startedAt),
    finished_at: isoOrNull(one.finishedAt),
  };
}

export const runDetail = run
  .extend({
    plan: z.strictObject({ plan_id: z.string(), summary: z.unknown() }).nullable(),
    policy: z.null().describe('verdict of the policies'),
    reviews: z.array(review),
    blocked_by: z.string().nullable().describe('what the run waits for'),
  })
  .meta({ id: 'RunDetail' });

export interface RunDetailParts {
  readonly run: Run;
  readonly plan: PlanView | null;
  readonly reviews: readonly ReviewRecord[];
  readonly blockedBy: string | null;
}

export function runDetailView(parts: RunDetailParts): z.input<typeof runDetail> {
  const { plan } = parts;
  return {
    ...runView(parts.run),
    plan: plan && { plan_id: plan.planId, summary: plan.summary },
    policy: null,
    reviews: parts.reviews.map((one) => ({
      review_id: one.reviewId,
      plan_id: one.planId,
      decision: one.decision,
      reviewed_by: one.reviewedBy,
      note: one.note,
      created_at: iso(one.createdAt),
    })),
    blocked_by: parts.blockedBy,
  };
}

export const plan = z
  .strictObject({
    plan_id: z.string(),
    run_id: z.string(),
    summary: z.unknown().describe('counts, risk and its reasons'),
    changes: z.unknown().describe('each change with its values before and after, sensitive ones masked'),
    plan_sha256: z.string(),
    synth_sha256: z.string(),
    tool_version: z.string(),
    state_serial: z.int().nullable(),
    created_at: time,
  })
  .meta({ id: 'Plan' });

export function planView(one: PlanView): z.input<typeof plan> {
  return {
    plan_id: one.planId,
    run_id: one.runId,
    summary: one.summary,
    changes: one.changes,
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
