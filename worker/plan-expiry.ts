import { inTransaction } from '../src/db/db.js';
import { lockEnvironment } from '../src/environment/environment-store.js';
import { overduePlans } from '../src/plan/plan-store.js';
import { expiredText } from '../src/review/plan-check.js';
import { getRun } from '../src/run/run-store.js';
import { transition } from '../src/run/run-transition.js';
import type { WorkerDeps } from './deps.js';

/** Ends runs whose plan nobody approved in time, or that was overtaken; a run that moves on meanwhile is left alone. */
export async function expirePlans({ db, config }: Pick<WorkerDeps, 'db' | 'config'>): Promise<void> {
  const maxAge = config.PLAN_MAX_AGE;
  for (const { runId, planId, reason } of await overduePlans(db, maxAge)) {
    const message = expiredText(planId, reason, maxAge);
    const error = { code: 'plan_expired', message, blame: 'caller', retryable: false, step: null };
    await inTransaction(db, async (tx) => {
      const { environmentId } = await getRun(tx, null, runId);
      await lockEnvironment(tx, null, environmentId);
      if ((await getRun(tx, null, runId)).status !== 'awaiting_review') return;
      await transition(tx, { runId, to: 'expired', message, error, data: { plan_id: planId, reason } });
    });
  }
}
