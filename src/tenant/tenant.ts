import type { RecordedError, Review } from '../environment/environment.js';
import type { EnvironmentStatus } from '../environment/environment-state.js';
import type { RunKind, RunStatus } from '../run/run-state.js';
import type { TenantStatus } from './tenant-state.js';

/** A customer; owns accounts and environments. */
export interface Tenant {
  readonly tenantId: string;
  readonly name: string;
  /** Short name in DNS form, part of generated names; never changes. */
  readonly slug: string;
  readonly status: TenantStatus;
  /** `environments` of its quota; null = no limit besides MAX_ENVIRONMENTS_PER_USER. */
  readonly maxEnvironments: number | null;
  readonly createdAt: Date;
  /** Null unless it was asked to leave. */
  readonly offboarding: Offboarding | null;
  readonly offboardedAt: Date | null;
}

/** The last request to offboard a tenant. */
export interface Offboarding {
  readonly requestedAt: Date;
  readonly requestedBy: string;
  /** The token or person that `requestedBy` names. */
  readonly requestedById: string;
  /** Environments with deletion protection are destroyed too. */
  readonly force: boolean;
  /** `auto` = plans of the destroy runs are applied without a person; null = as each environment says. */
  readonly review: Review | null;
}

export interface StartOffboarding {
  /** The slug of the tenant, typed. */
  readonly confirm: string;
  readonly force: boolean;
  readonly review: Review | null;
}

/** An environment that is not destroyed, and the run that is to do it. */
export interface LeavingEnvironment {
  readonly environmentId: string;
  readonly name: string;
  readonly status: EnvironmentStatus;
  readonly deletionProtection: boolean;
  readonly runId: string | null;
  readonly runKind: RunKind | null;
  readonly runStatus: RunStatus | null;
  readonly runCreatedAt: Date | null;
  readonly runFinishedAt: Date | null;
  readonly error: RecordedError | null;
}

/** How far the offboarding of a tenant is; counted from rows at the time of asking. */
export interface OffboardingProgress {
  readonly tenant: Tenant;
  readonly destroyed: number;
  /** All that is left, the oldest 200. */
  readonly remaining: readonly LeavingEnvironment[];
  readonly left: number;
  /** Resources in the last states of all environments: 0 proves that all is gone. */
  readonly resources: number;
}

export interface ProvisioningStatus {
  readonly environments: Readonly<Record<string, number>>;
  /** Of runs that are not finished. */
  readonly runs: Readonly<Record<string, number>>;
  readonly oldestWaiting: WaitingRun | null;
  /** The last five, newest first. */
  readonly lastFailures: readonly FailedRun[];
}

export interface WaitingRun {
  readonly runId: string;
  readonly environmentId: string;
  readonly environmentName: string;
  readonly kind: RunKind;
  readonly status: RunStatus;
  readonly createdAt: Date;
}

export interface FailedRun extends WaitingRun {
  readonly finishedAt: Date;
  readonly error: RecordedError | null;
}

export interface CreateTenant {
  readonly name: string;
  readonly slug: string;
  readonly maxEnvironments: number | null;
}

export interface ChangeTenant {
  readonly name?: string;
  readonly maxEnvironments?: number | null;
}

export interface TenantFilter {
  readonly tenantId?: string;
  readonly slug?: string;
  readonly status?: TenantStatus;
}
