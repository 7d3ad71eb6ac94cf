import { appError } from '../errors/app-error.js';
import { allowedRunActions, runActions, type RunAction } from './run-state.js';
import type { Run } from './run.js';

/** Throws `action_not_allowed`, with what is possible, when the status of the run does not allow the action. */
export function assertRunAction(run: Pick<Run, 'runId' | 'status'>, action: RunAction): void {
  if (runActions[action].includes(run.status)) return;
  const actions = allowedRunActions(run.status);
  const hint = action === 'approve' && actions.includes('replan') ? '; replan it' : '';
  throw appError(
    'action_not_allowed',
    `run ${run.runId} is ${run.status}: ${action} is not possible${hint}`,
    {
      extra: { status: run.status, allowed_actions: actions },
    },
  );
}
