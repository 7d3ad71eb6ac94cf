import { appError, type AppError } from '../errors/app-error.js';
import {
  allowedEnvironmentActions,
  environmentActions,
  type EnvironmentAction,
} from './environment-state.js';
import type { Environment } from './environment.js';

type Refused = Pick<Environment, 'environmentId' | 'status' | 'stateDiverged'>;

/** Throws `action_not_allowed`, with what is possible, when the status of the environment does not allow the action. */
export function assertEnvironmentAction(environment: Refused, action: EnvironmentAction): void {
  const { environmentId, status } = environment;
  if (environmentActions[action].includes(status)) return;
  throw actionRefused(environment, `environment ${environmentId} is ${status}: ${action} is not possible`);
}

/** `action_not_allowed`, with what is possible; not so the action `but`. */
export function actionRefused(
  { status, stateDiverged }: Omit<Refused, 'environmentId'>,
  message: string,
  but?: EnvironmentAction,
): AppError {
  const possible = allowedEnvironmentActions(status, stateDiverged !== null);
  return appError('action_not_allowed', message, {
    extra: { status, allowed_actions: possible.filter((action) => action !== but) },
  });
}

/** `active_run`, which names the run to wait for or to cancel. */
export function activeRunFault(
  { environmentId, status }: Omit<Refused, 'stateDiverged'>,
  runId: string,
): AppError {
  return appError('active_run', `environment ${environmentId} already has an active run ${runId}`, {
    extra: { run_id: runId, status },
  });
}
