import { inTransaction, type Db, type Tx } from '../db/db.js';
import { actionRefused, activeRunFault, assertEnvironmentAction } from '../environment/environment-action.js';
import type { EnvironmentAction } from '../environment/environment-state.js';
import { lockEnvironment } from '../environment/environment-store.js';
import type { Environment } from '../environment/environment.js';
import { queueRun, type Requested } from '../environment/queue-run.js';
import { activeRunId, openDriftCheck } from '../run/run-store.js';
import type { RequestContext } from '../token/principal.js';

/** What people do about drift. Throws `not_found` for another tenant's environment. */
export interface DriftService {
  /** Has a worker compare what exists with what was applied, or joins the check that is under way. Throws `active_run` and `action_not_allowed`. */
  check(ctx: RequestContext, environmentId: string): Promise<Requested>;
  /** A run that applies the newest revision once more, reviewed like any other. Throws `active_run` and `action_not_allowed`. */
  remediate(ctx: RequestContext, environmentId: string): Promise<Requested>;
}

export function createDriftService(db: Db): DriftService {
  return {
    check: (ctx, id) => check(db, ctx, id),
    remediate: (ctx, id) => remediate(db, ctx, id),
  };
}

async function check(db: Db, ctx: RequestContext, id: string): Promise<Requested> {
  return inTransaction(db, async (tx) => {
    const environment = await lockFor(tx, ctx, { id, action: 'drift_check' });
    const open = await openDriftCheck(tx, id);
    if (open !== null) return { environment, run: open };
    return queueRun(tx, ctx, { environmentId: id, kind: 'drift_check' });
  });
}

async function remediate(db: Db, ctx: RequestContext, id: string): Promise<Requested> {
  return inTransaction(db, async (tx) => {
    const environment = await lockFor(tx, ctx, { id, action: 'remediate' });
    const { drift, revision, appliedRevision } = environment;
    const refuse = (why: string) =>
      actionRefused(environment, `environment ${id} ${why}: remediate is not possible`, 'remediate');
    if ((drift?.changes.length ?? 0) === 0)
      throw refuse('has no known drift; check it with POST .../drift-check');
    if (revision !== appliedRevision)
      throw refuse(
        `has revision ${revision}, of which nothing is applied; apply it, or roll back to revision ${appliedRevision}`,
      );
    return queueRun(tx, ctx, { environmentId: id, kind: 'update' });
  });
}

/** The environment, locked; a run that is active has the word, and the status must allow the action. */
async function lockFor(
  tx: Tx,
  { principal }: RequestContext,
  { id, action }: { readonly id: string; readonly action: EnvironmentAction },
): Promise<Environment> {
  const environment = await lockEnvironment(tx, principal.tenantId, id);
  const active = await activeRunId(tx, id);
  if (active !== null) throw activeRunFault(environment, active);
  assertEnvironmentAction(environment, action);
  return environment;
}
