import { inTransaction, type Db, type Tx } from '../db/db.js';
import { appError } from '../errors/app-error.js';
import { appendEvent } from '../event/event-store.js';
import { activeRunId, getRun } from '../run/run-store.js';
import { transition } from '../run/run-transition.js';
import type { RequestContext } from '../token/principal.js';
import { actionRefused } from './environment-action.js';
import { expiryAuthorId } from './expiry.js';
import { extendExpiry, getEnvironment, lockEnvironment } from './environment-store.js';
import type { Environment } from './environment.js';

/**
 * Puts the end of an environment off by that many hours. A destroy run that the end has brought about and nobody works on yet
 * is canceled. Throws `action_not_allowed` for one without an end, and `active_run` while it is being destroyed.
 */
export async function extendEnvironment(
  db: Db,
  ctx: RequestContext,
  { id, hours }: { readonly id: string; readonly hours: number },
): Promise<Environment> {
  return inTransaction(db, async (tx) => {
    const environment = await lockEnvironment(tx, ctx.principal.tenantId, id);
    const { status, expiresAt, tenantId } = environment;
    const refuse = (why: string) => actionRefused(environment, `environment ${id} ${why}`);
    if (status === 'destroyed') throw refuse('is destroyed: there is nothing to extend');
    if (expiresAt === null) throw refuse('has no end: set ttl_hours by PATCH to give it one');
    await takeBack(tx, ctx, id);
    await extendExpiry(tx, id, hours);
    const extended = await getEnvironment(tx, null, id);
    const until = extended.expiresAt?.toISOString() ?? null;
    await appendEvent(tx, {
      tenantId,
      environmentId: id,
      runId: null,
      type: 'environment_extended',
      message: `${ctx.principal.name} extended the environment by ${hours} h, until ${until}`,
      data: { expires_at: until, ttl_hours: extended.ttlHours },
    });
    return extended;
  });
}

async function takeBack(tx: Tx, { principal }: RequestContext, environmentId: string): Promise<void> {
  const active = await activeRunId(tx, environmentId);
  if (active === null) return;
  const { runId, kind, status, authorId } = await getRun(tx, null, active);
  if (kind !== 'destroy') return;
  const waits = ['queued', 'awaiting_review', 'approved'].includes(status);
  if (!waits || authorId !== expiryAuthorId)
    throw appError(
      'active_run',
      `environment ${environmentId} is being destroyed by run ${runId}: cancel that first`,
      {
        extra: { run_id: runId, status },
      },
    );
  const message = `the run was canceled: ${principal.name} extended the environment`;
  const error = { code: 'run_canceled', message, blame: 'caller', retryable: false, step: null };
  await transition(tx, { runId, to: 'canceled', message, error, byPerson: true });
}
