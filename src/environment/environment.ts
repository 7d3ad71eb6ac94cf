import type { Drift, DriftIgnore } from '../drift/drift.js';
import type { EnvironmentStatus, SettledStatus } from './environment-state.js';
import type { ExpiryStep } from './expiry-rules.js';

/** A tenant's environment as stored: one generated stack, one Terraform state. */
export interface Environment {
  readonly environmentId: string;
  readonly tenantId: string;
  readonly accountId: string;
  readonly name: string;
  readonly region: string;
  readonly blueprint: string;
  readonly review: Review;
  readonly rollbackOnFailure: boolean;
  readonly deletionProtection: boolean;
  readonly ttlHours: number | null;
  readonly expiresAt: Date | null;
  /** How far its end has come; null = no notice was given. */
  readonly expiryStep: ExpiryStep | null;
  readonly labels: Readonly<Record<string, string>>;
  /** The newest one, whether or not it is applied. */
  readonly revision: number;
  /** The one that was last applied as a whole; null before that. */
  readonly appliedRevision: number | null;
  /** Rises with each change that a person makes; its ETag. */
  readonly version: number;
  readonly status: EnvironmentStatus;
  readonly settledStatus: SettledStatus;
  readonly health: Health | null;
  /** From one health check to the next; null = by the setting, 0 = never. */
  readonly healthCheckSeconds: number | null;
  /** What the last drift check found; null before the first. */
  readonly drift: Drift | null;
  /** Hours from one drift check to the next; null = by the setting, 0 = never. */
  readonly driftCheckHours: number | null;
  readonly driftIgnore: readonly DriftIgnore[];
  /** A former state was put back, and nothing was applied since. */
  readonly stateRestored: StateRestored | null;
  /** No run may plan on what is stored until somebody has decided. */
  readonly stateDiverged: StateDiverged | null;
  /** Outputs that are not sensitive; `endpoint_url` is one of them. */
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly error: RecordedError | null;
  readonly currentRunId: string | null;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly destroyedAt: Date | null;
}

/** Members are those of the API. */
export interface StateRestored {
  /** Of the new version, and of the former one that it is a copy of. */
  readonly serial: number;
  readonly from_serial: number;
  readonly restored_by: string;
  /** ISO 8601 in UTC. */
  readonly restored_at: string;
  readonly reason: string;
}

/** Members are those of the API. */
export interface StateDiverged {
  readonly reason: string;
  /** ISO 8601 in UTC. */
  readonly since: string;
  /** The state that was left and is kept; null = there is none. */
  readonly left_state_id: string | null;
}

export type Review = 'required' | 'auto';

/** What the last health check found; `checkedAt` is ISO 8601 in UTC. */
export interface Health {
  readonly overall: 'healthy' | 'degraded' | 'unhealthy';
  readonly checkedAt: string;
  readonly components: Readonly<Record<string, ComponentHealth>>;
}

/** `unknown` = it cannot be looked at from where Terrace runs. */
export interface ComponentHealth {
  readonly status: 'healthy' | 'degraded' | 'unhealthy' | 'unknown';
  readonly message: string;
  /** How long it took to answer, where something was asked. */
  readonly latencyMs?: number;
}

/** An error as a run or an environment keeps it: public text only. */
export interface RecordedError {
  readonly code: string;
  readonly message: string;
  readonly blame: string;
  readonly retryable: boolean;
  readonly step: string | null;
  /** The time limit that was hit, by the name of its setting. */
  readonly limit?: { readonly name: string; readonly seconds: number };
}

/** A parsed request for an environment; `spec` is checked against the blueprint's schema by the service. */
export interface CreateEnvironment {
  readonly name: string;
  readonly tenantId: string;
  readonly accountId: string;
  readonly region: string;
  readonly blueprint: string;
  readonly spec: unknown;
  readonly review: Review;
  readonly rollbackOnFailure: boolean;
  readonly deletionProtection: boolean;
  readonly ttlHours: number | null;
  readonly healthCheckSeconds: number | null;
  readonly driftCheckHours: number | null;
  readonly driftIgnore: readonly DriftIgnore[];
  readonly labels: Readonly<Record<string, string>>;
}

/** A parsed change; what is undefined stays as it is. */
export interface ChangeEnvironment {
  /** The `If-Match` header. */
  readonly ifMatch: string | undefined;
  /** A merge patch (RFC 7396) for the newest revision's spec, or a whole spec. */
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly specMode: 'merge' | 'replace';
  readonly review?: Review;
  readonly rollbackOnFailure?: boolean;
  readonly deletionProtection?: boolean;
  /** From now on; null = no end. */
  readonly ttlHours?: number | null;
  readonly healthCheckSeconds?: number | null;
  readonly driftCheckHours?: number | null;
  readonly driftIgnore?: readonly DriftIgnore[];
  /** A merge patch: null removes a label. */
  readonly labels?: Readonly<Record<string, string | null>>;
}

export interface EnvironmentFilter {
  readonly tenantId?: string;
  readonly status?: EnvironmentStatus;
  /** `key=value` of a label. */
  readonly label?: { readonly key: string; readonly value: string };
  /** Part of the name. */
  readonly q?: string;
}

/** One line of an environment's timeline. */
export interface TimelineEvent {
  readonly eventId: string;
  readonly sequence: number;
  readonly environmentId: string | null;
  readonly runId: string | null;
  readonly type: string;
  readonly message: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly createdAt: Date;
}
