/** After a restore: new plans for those that were ended, and a look at everything that stands still. */
import { inTransaction, type Db, type Tx } from '../db/db.js';
import { environmentActions } from '../environment/environment-state.js';
import { queueRun } from '../environment/queue-run.js';
import { toAppError } from '../errors/app-error.js';
import { getRun } from '../run/run-store.js';
import type { RequestContext } from '../token/principal.js';
import { quietEnvironments } from './restore-store.js';

export interface GoneOn {
  readonly replanned: number;
  readonly checked: number;
  /** What could not be asked for, with the reason. */
  readonly refused: readonly string[];
}

/** Asks for a run in place of each of these, and for a drift check of each environment that none is under way in. */
export async function goOn(db: Db, outdated: readonly string[]): Promise<GoneOn> {
  const refused: string[] = [];
  const ask = async (what: string, work: (tx: Tx) => Promise<unknown>) => {
    try {
      await inTransaction(db, work);
      return 1;
    } catch (error) {
      refused.push(`${what}: ${toAppError(error).message}`);
      return 0;
    }
  };
  let replanned = 0;
  for (const runId of outdated)
    replanned += await ask(`run ${runId} is not planned anew`, async (tx) => {
      const run = await getRun(tx, null, runId);
      await queueRun(tx, asSystem, { environmentId: run.environmentId, kind: run.kind, replanOf: run });
    });
  let checked = 0;
  for (const environmentId of await quietEnvironments(db, environmentActions.drift_check))
    checked += await ask(`environment ${environmentId} is not checked for drift`, (tx) =>
      queueRun(tx, asSystem, { environmentId, kind: 'drift_check' }),
    );
  return { replanned, checked, refused };
}

const asSystem: RequestContext = {
  principal: { tokenId: 'system', name: 'terrace', role: 'viewer', rights: [], tenantId: null },
  correlationId: 'restore',
};
