/** Every type of event with what it tells: the one table, read by the server and docs/webhooks.md. */
import type { RunStatus } from '../run/run-state.js';

const ofRuns: Record<`run_${RunStatus}`, string> = {
  run_queued: 'a run was requested',
  run_planning: 'Terraform is making the plan',
  run_no_changes: 'planned: there is nothing to change',
  run_awaiting_review: 'planned: the plan waits for a person',
  run_approved: 'a person approved the plan, or the rules needed nobody',
  run_rejected: 'a person rejected the plan',
  run_expired: 'the plan became too old, or a newer revision took its place',
  run_stale: 'what the plan was made from has changed; it is not applied',
  run_applying: 'Terraform is applying the plan',
  run_verifying: 'applied; the health of the environment is being looked at',
  run_rolling_back: 'the health check failed; what was applied is being taken back',
  run_canceling: 'somebody asked for a stop while Terraform was at work',
  run_interrupted: 'the worker was lost; another one carries on',
  run_succeeded: 'applied, and healthy',
  run_failed: 'the run failed; `code` and `error` in its data, where there, say why',
  run_rolled_back: 'what was applied has been taken back',
  run_canceled: 'the run was canceled',
};

export const eventTypes = {
  ...ofRuns,
  review_approved: 'a person approved the plan; the run goes on when enough have',
  review_rejected: 'a person rejected the plan',
  review_withdrawn: 'a person took an approval back',
  review_carried: 'approvals of the plan before hold for the new one',
  run_commented: 'a person left a comment on a run',
  phase_over_budget: 'a phase of an apply took longer than its budget; the run goes on',
  health_changed: 'the health of an environment is another than before',
  drifted: 'a drift check found what was changed beside Terrace; its data has the changes',
  drift_gone: 'what had drifted is as it was applied again',
  state_restored: 'an admin put a former state back; it stays marked until the next apply',
  state_diverged:
    'the state that an apply left is not what is stored; nothing runs until somebody repairs it',
  state_repaired: 'an admin decided which state holds; runs go on',
  state_unlocked: 'an admin took the lock of the state from a dead worker',
  run_retrying: 'a step failed for a reason that may pass; it is tried again',
  expiring_soon:
    'the time of the environment is over soon: 24 hours, 12 hours, 30 minutes before; `data.expires_at` says when',
  expiry_blocked: 'the time of the environment is over, but deletion protection keeps it',
  environment_expired: 'the time of the environment is over: a destroy run was asked for',
  environment_extended: 'somebody put the end of the environment off',
  webhook_disabled: 'Terrace disabled a webhook whose receiver failed for too long',
} as const;

export type EventType = keyof typeof eventTypes;
export const eventTypeNames = Object.keys(eventTypes) as readonly EventType[];
