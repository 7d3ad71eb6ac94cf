import type { Keyring } from '../crypto/envelope.js';
import type { Queryable } from '../db/db.js';
import { toAppError, type AppError, appError } from '../errors/app-error.js';
import { openPlanFile } from '../plan/artifact.js';
import { bindingMismatches } from '../plan/binding.js';
import { getBoundPlan, planNow } from '../plan/plan-store.js';

export interface PlanCheck {
  readonly keyring: Pick<Keyring, 'decrypt'>;
  readonly planMaxAgeSeconds: number;
}

/** Why a plan can be approved no more, and how its run ends for that. */
export interface PlanFault {
  readonly to: 'expired' | 'stale';
  readonly error: AppError;
  readonly reason: string;
}

/**
 * Whether the plan is still whole, young enough, and bound to what is there now; null = yes. Lock file and tool are the
 * worker's to compare, when it applies.
 */
export async function planFault(db: Queryable, check: PlanCheck, planId: string): Promise<PlanFault | null> {
  const [plan, now] = [await getBoundPlan(db, planId), await planNow(db, planId)];
  if (now.ageSeconds > check.planMaxAgeSeconds) {
    const message = expiredText(planId, 'too_old', check.planMaxAgeSeconds);
    return { to: 'expired', reason: 'too_old', error: appError('plan_expired', message) };
  }
  try {
    openPlanFile(check.keyring, plan);
  } catch (thrown) {
    return { to: 'stale', reason: 'artifact', error: toAppError(thrown) };
  }
  const differences = bindingMismatches(plan, { ...plan, ...now });
  if (differences.length === 0) return null;
  const error = appError('plan_stale', staleText(planId, differences));
  return { to: 'stale', reason: differences.join(', '), error };
}

export function staleText(planId: string, differences: readonly string[]): string {
  return `plan ${planId} is stale: changed since it was made: ${differences.join(', ')}; replan the run`;
}

export function expiredText(
  planId: string,
  reason: 'too_old' | 'state_moved' | 'newer_revision',
  maxAgeSeconds: number,
): string {
  const why = {
    too_old: `nobody approved it within ${ageText(maxAgeSeconds)} (PLAN_MAX_AGE)`,
    state_moved: 'the state has changed since',
    newer_revision: 'there is a newer revision',
  }[reason];
  return `plan ${planId} expired: ${why}; replan the run`;
}

function ageText(seconds: number): string {
  if (seconds % 3600 === 0) return `${seconds / 3600} h`;
  return `${seconds} s`;
}
