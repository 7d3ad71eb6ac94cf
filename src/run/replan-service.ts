import { inTransaction, type Db } from '../db/db.js';
import { lockEnvironment } from '../environment/environment-store.js';
import { queueRun } from '../environment/queue-run.js';
import { activeRunFault } from '../environment/environment-action.js';
import { appError } from '../errors/app-error.js';
import type { RequestContext } from '../token/principal.js';
import { assertRunAction } from './run-action.js';
import { activeRunId, getRun } from './run-store.js';
import { transition } from './run-transition.js';
import type { Run } from './run.js';

/**
 * A new run of the same revision and kind, for one whose plan is stale, expired or waits: a run keeps the one plan that it
 * was reviewed by. Its approvals are carried over when the new plan asks for nothing more.
 */
export async function replanRun(db: Db, ctx: RequestContext, runId: string): Promise<Run> {
  const { tenantId, name } = ctx.principal;
  const { environmentId } = await getRun(db, tenantId, runId);
  return inTransaction(db, async (tx) => {
    const environment = await lockEnvironment(tx, tenantId, environmentId);
    const run = await getRun(tx, tenantId, runId);
    assertRunAction(run, 'replan');
    const active = await activeRunId(tx, environmentId);
    if (active !== null && active !== runId) throw activeRunFault(environment, active);
    if (environment.currentRunId !== runId)
      throw appError(
        'action_not_allowed',
        `run ${runId} is not the newest of environment ${environmentId}, which is ${environment.currentRunId}: replan is not possible`,
        { extra: { status: run.status, allowed_actions: [] } },
      );
    if (active === runId) {
      const message = `plan ${run.planId} expired: ${name} asked to plan again`;
      const error = { code: 'plan_expired', message, blame: 'caller', retryable: false, step: null };
      const data = { plan_id: run.planId, reason: 'replanned' };
      await transition(tx, { runId, to: 'expired', message, error, data, byPerson: true });
    }
    return (await queueRun(tx, ctx, { environmentId, kind: run.kind, replanOf: run })).run;
  });
}
