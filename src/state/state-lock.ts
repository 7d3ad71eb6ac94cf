/** The lock of a state as people see it, and how an admin takes it from a dead worker. */
import { inTransaction, type Db, type Queryable, type Tx } from '../db/db.js';
import { actionRefused } from '../environment/environment-action.js';
import { getEnvironment, lockEnvironment } from '../environment/environment-store.js';
import { appError } from '../errors/app-error.js';
import { appendEvent } from '../event/event-store.js';
import type { RequestContext } from '../token/principal.js';
import { dropLock, lockProof, type LockProof } from './state-store.js';
import { assertConfirmed } from './state-versions.js';

export interface Unlock {
  /** The name of the environment. */
  readonly confirm: string;
  readonly reason: string;
}

/** Throws `not_found` for another tenant's environment. */
export interface StateLock {
  /** Null = it is free. */
  read(ctx: RequestContext, environmentId: string): Promise<LockProof | null>;
  /**
   * Frees the lock of an epoch that is over, and tells which that was. Throws `state_locked` while its holder may still write,
   * `action_not_allowed` when it is free, and `invalid_request`.
   */
  unlock(ctx: RequestContext, environmentId: string, command: Unlock): Promise<LockProof>;
}

export function createStateLock(db: Db): StateLock {
  const seen = async (on: Queryable, { principal }: RequestContext, id: string) =>
    (await getEnvironment(on, principal.tenantId, id)).environmentId;
  return {
    read: async (ctx, id) => lockProof(db, await seen(db, ctx, id)),
    unlock: (ctx, id, command) => inTransaction(db, (tx) => unlock(tx, ctx, { id, command })),
  };
}

async function unlock(
  tx: Tx,
  { principal }: RequestContext,
  { id, command }: { readonly id: string; readonly command: Unlock },
): Promise<LockProof> {
  const environment = await lockEnvironment(tx, principal.tenantId, id);
  assertConfirmed(environment, command.confirm);
  const { tenantId } = environment;
  const held = await lockProof(tx, id);
  if (held === null)
    throw actionRefused(environment, `the state of environment ${id} is not locked: unlock is not possible`);
  const { lockId, runId, epoch, worker, alive } = held;
  const holder = `run ${runId}, epoch ${epoch}, worker ${worker ?? 'unknown'}`;
  if (alive)
    throw appError(
      'state_locked',
      `the state of environment ${id} is locked by ${holder}, whose lease is not over: cancel the run, or wait until its worker is taken for dead`,
    );
  await dropLock(tx, id, lockId);
  await appendEvent(tx, {
    tenantId,
    environmentId: id,
    runId,
    type: 'state_unlocked',
    message: `${principal.name} freed the lock of ${holder}: ${command.reason}`,
    data: { lock_id: lockId, run_id: runId, epoch, worker },
  });
  return held;
}
