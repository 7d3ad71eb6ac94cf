import type { Db } from '../../src/db/db.js';
import { inTransaction } from '../../src/db/db.js';
import { newId } from '../../src/lib/ids.js';
import { insertPlan } from '../../src/plan/plan-store.js';
import { transition } from '../../src/run/run-transition.js';

/** Brings a queued run to `awaiting_review` with a plan, as a worker would; returns the plan's id. */
export async function awaitReview(db: Db, ids: { runId: string; environmentId: string }): Promise<string> {
  const { runId, environmentId } = ids;
  const planId = newId('plan');
  await inTransaction(db, async (tx) => {
    await transition(tx, { runId, to: 'planning', message: 'planning' });
    await insertPlan(
      tx,
      {
        planId,
        runId,
        environmentId,
        planFile: Buffer.from('file'),
        planJson: Buffer.from('json'),
        cdkJson: '{}',
        changes: [],
        drift: [],
        outputs: [],
        stackInput: null,
        summary: { create: 1, update: 0, replace: 0, delete: 0 },
        text: 'Plan: 1 to add, 0 to change, 0 to destroy.',
        planSha256: 'a',
        synthSha256: 'b',
        lockSha256: 'c',
        toolVersion: '1.11.4',
        revision: 1,
        cloudAccountId: '100000000001',
        stateLineage: null,
        stateSerial: null,
      },
      0,
    );
    await transition(tx, { runId, to: 'awaiting_review', planId, message: 'the plan awaits review' });
  });
  return planId;
}
