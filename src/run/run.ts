import type { RecordedError, Review } from '../environment/environment.js';
import type { PolicyReport } from '../policy/policy.js';
import type { Phase } from './phase-rules.js';
import type { RunKind, RunStatus } from './run-state.js';

/** One journey plan -> review -> apply -> verify of one revision. */
export interface Run {
  readonly runId: string;
  readonly environmentId: string;
  readonly tenantId: string;
  readonly accountId: string;
  readonly kind: RunKind;
  readonly status: RunStatus;
  readonly revision: number;
  readonly review: Review;
  readonly requestedBy: string;
  /** Id of who asked for what the run does: of a replanned run, who asked for the first one. */
  readonly authorId: string | null;
  /** The run that this one plans again. */
  readonly replanOf: string | null;
  readonly correlationId: string;
  readonly leaseEpoch: number;
  readonly leaseOwner: string | null;
  readonly interruptions: number;
  readonly interruptedFrom: RunStatus | null;
  readonly applyStarted: boolean;
  readonly cancelRequestedAt: Date | null;
  readonly forceCancelRequestedAt: Date | null;
  /** What failed in passing and was tried again, oldest first. */
  readonly attempts: readonly Attempt[];
  readonly planId: string | null;
  readonly timings: readonly Timing[];
  readonly phases: readonly Phase[];
  readonly error: RecordedError | null;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

/** A step that failed for a reason that may pass, and was tried again. */
export interface Attempt {
  readonly step: string;
  /** 1 = the first. */
  readonly attempt: number;
  readonly code: string;
  readonly message: string;
  readonly failedAt: string;
  /** How long was waited before the next one. */
  readonly waitMs: number;
}

/** How long one named step of a run took. */
export interface Timing {
  readonly step: string;
  readonly startedAt: string;
  readonly durationMs: number;
}

/** A saved plan as people may see it: everything masked. `changes` and `summary` have the shapes of src/plan. */
export interface PlanView {
  readonly planId: string;
  readonly runId: string;
  readonly summary: unknown;
  /** Those asked for, the riskiest first. */
  readonly changes: unknown;
  readonly changesTotal: number;
  readonly drift: unknown;
  readonly outputs: unknown;
  /** Terraform's own rendering, masked; empty unless asked for. */
  readonly text: string;
  readonly planSha256: string;
  readonly synthSha256: string;
  readonly toolVersion: string;
  readonly stateSerial: number | null;
  readonly createdAt: Date;
  /** Null when no policy was asked. */
  readonly policy: PolicyReport | null;
}

export interface ReviewRecord {
  readonly reviewId: string;
  readonly planId: string;
  readonly decision: 'approve' | 'reject' | 'withdraw';
  readonly reviewedBy: string;
  /** Token or person. */
  readonly reviewerId: string;
  /** The plan that this was said of, before the run was planned again. */
  readonly carriedFrom: string | null;
  readonly note: string | null;
  readonly createdAt: Date;
}

export interface RunFilter {
  readonly tenantId?: string;
  readonly environmentId?: string;
  readonly status?: RunStatus;
  readonly kind?: RunKind;
}

export interface LogLine {
  readonly sequence: number;
  readonly phase: string;
  readonly line: string;
  readonly createdAt: Date;
}
