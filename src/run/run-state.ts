/** The run machine of docs/runs.md as data: what may follow what, and what people may do where. Pure. */

export const runStatuses = [
  'queued',
  'planning',
  'no_changes',
  'awaiting_review',
  'approved',
  'rejected',
  'expired',
  'stale',
  'applying',
  'verifying',
  'rolling_back',
  'canceling',
  'interrupted',
  'succeeded',
  'failed',
  'rolled_back',
  'canceled',
] as const;
export type RunStatus = (typeof runStatuses)[number];

export const runKinds = ['create', 'update', 'rollback', 'destroy', 'drift_check'] as const;
export type RunKind = (typeof runKinds)[number];

/** From each status, the statuses that may follow it. An empty list marks a final status. */
export const runTransitions: Record<RunStatus, readonly RunStatus[]> = {
  queued: ['planning', 'canceled', 'failed'],
  // A drift check has succeeded when it has looked.
  planning: ['no_changes', 'succeeded', 'awaiting_review', 'approved', 'failed', 'canceled', 'interrupted'],
  awaiting_review: ['approved', 'rejected', 'expired', 'stale', 'canceled'],
  approved: ['applying', 'stale', 'canceled', 'failed'],
  applying: ['verifying', 'canceling', 'rolling_back', 'failed', 'interrupted', 'stale'],
  verifying: ['succeeded', 'canceling', 'rolling_back', 'failed', 'interrupted'],
  rolling_back: ['rolled_back', 'failed', 'interrupted'],
  canceling: ['canceled', 'failed', 'interrupted'],
  interrupted: ['planning', 'applying', 'verifying', 'rolling_back', 'canceled', 'failed'],
  no_changes: [],
  rejected: [],
  expired: [],
  stale: [],
  succeeded: [],
  failed: [],
  rolled_back: [],
  canceled: [],
};

export function canFollow(from: RunStatus, to: RunStatus): boolean {
  return runTransitions[from].includes(to);
}

export function isFinal(status: RunStatus): boolean {
  return runTransitions[status].length === 0;
}

export const finalRunStatuses: readonly RunStatus[] = runStatuses.filter(isFinal);

/** Statuses in which a worker holds the lease and works. */
export const workedRunStatuses = ['planning', 'applying', 'verifying', 'rolling_back', 'canceling'] as const;

export type RunAction = 'approve' | 'reject' | 'withdraw' | 'cancel' | 'force_cancel' | 'replan';

/** Each action with the statuses in which it is allowed: read by the server, the client and the docs. */
export const runActions: Record<RunAction, readonly RunStatus[]> = {
  approve: ['awaiting_review'],
  reject: ['awaiting_review'],
  withdraw: ['awaiting_review'],
  cancel: ['queued', 'planning', 'awaiting_review', 'approved', 'applying', 'verifying', 'interrupted'],
  // Ten seconds after a cancel.
  force_cancel: ['planning', 'applying', 'verifying', 'canceling'],
  replan: ['awaiting_review', 'expired', 'stale'],
};

export function allowedRunActions(status: RunStatus): RunAction[] {
  return (Object.keys(runActions) as RunAction[]).filter((action) => runActions[action].includes(status));
}
