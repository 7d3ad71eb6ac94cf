import { isFinal, type RunKind, type RunStatus } from '../run/run-state.js';

/** What clients poll. It follows from the kind and status of the current run; nothing else writes it. */
export const environmentStatuses = [
  'queued',
  'planning',
  'awaiting_review',
  'provisioning',
  'bootstrapping',
  'ready',
  'updating',
  'rolling_back',
  'rolled_back',
  'failed',
  'destroy_queued',
  'destroying',
  'destroyed',
] as const;
export type EnvironmentStatus = (typeof environmentStatuses)[number];

/** Statuses an environment rests in between runs. */
export type SettledStatus = Extract<EnvironmentStatus, 'ready' | 'rolled_back' | 'failed' | 'destroyed'>;

type Followed = Exclude<RunStatus, 'interrupted'>;

const creating: Record<Followed, EnvironmentStatus | 'settled'> = {
  queued: 'queued',
  planning: 'planning',
  awaiting_review: 'awaiting_review',
  approved: 'awaiting_review',
  applying: 'provisioning',
  verifying: 'bootstrapping',
  canceling: 'provisioning',
  rolling_back: 'rolling_back',
  succeeded: 'ready',
  no_changes: 'ready',
  rolled_back: 'rolled_back',
  failed: 'failed',
  canceled: 'settled',
  rejected: 'settled',
  expired: 'settled',
  stale: 'settled',
};

const destroying: Record<Followed, EnvironmentStatus | 'settled'> = {
  ...creating,
  queued: 'destroy_queued',
  planning: 'destroy_queued',
  awaiting_review: 'destroy_queued',
  approved: 'destroy_queued',
  applying: 'destroying',
  verifying: 'destroying',
  canceling: 'destroying',
  succeeded: 'destroyed',
  no_changes: 'destroyed',
};

/** A drift check changes nothing, so it shows nothing. */
type ChangingKind = Exclude<RunKind, 'drift_check'>;

const byKind: Record<ChangingKind, Record<Followed, EnvironmentStatus | 'settled'>> = {
  create: creating,
  update: { ...creating, applying: 'updating', canceling: 'updating' },
  rollback: { ...creating, applying: 'rolling_back', canceling: 'rolling_back' },
  destroy: destroying,
};

export interface FollowedRun {
  readonly kind: RunKind;
  readonly status: RunStatus;
  /** True once an apply of this run has begun: a run stopped after that has changed things. */
  readonly applyStarted: boolean;
}

export interface StatusBefore {
  readonly status: EnvironmentStatus;
  /** Where the environment rested before this run; a new one rests in `failed` until it is ready. */
  readonly settled: SettledStatus;
}

/** The environment's status after its run moved. A run ended before its apply leaves the environment where it rested. */
export function environmentStatusAfter(run: FollowedRun, before: StatusBefore): EnvironmentStatus {
  if (run.status === 'interrupted' || run.kind === 'drift_check') return before.status;
  const next = byKind[run.kind][run.status];
  if (next !== 'settled') return run.status === 'failed' && !run.applyStarted ? before.settled : next;
  return isFinal(run.status) && run.applyStarted ? 'failed' : before.settled;
}

export type EnvironmentAction =
  'delete' | 'retry' | 'update' | 'rollback' | 'health_check' | 'drift_check' | 'remediate';

/** Each action with the statuses in which it is allowed. */
export const environmentActions: Record<EnvironmentAction, readonly EnvironmentStatus[]> = {
  delete: ['ready', 'rolled_back', 'failed'],
  retry: ['failed', 'rolled_back'],
  // A plan that waits for review is superseded.
  update: ['ready', 'failed', 'rolled_back', 'awaiting_review'],
  rollback: ['ready', 'failed', 'rolled_back', 'awaiting_review'],
  // While a run is active it is refused: the run checks at its end.
  health_check: ['ready', 'failed'],
  drift_check: ['ready', 'failed'],
  // Only what has drifted, from the revision that is applied.
  remediate: ['ready'],
};

/** While the state has diverged nothing is that would plan on it. */
export function allowedEnvironmentActions(status: EnvironmentStatus, diverged = false): EnvironmentAction[] {
  return (Object.keys(environmentActions) as EnvironmentAction[]).filter(
    (action) => environmentActions[action].includes(status) && (!diverged || action === 'health_check'),
  );
}
