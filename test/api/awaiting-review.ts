import { createKeyring } from '../../src/crypto/envelope.js';
import type { Db } from '../../src/db/db.js';
import { inTransaction } from '../../src/db/db.js';
import { sha256 } from '../../src/lib/hash.js';
import { newId } from '../../src/lib/ids.js';
import { insertPlan } from '../../src/plan/plan-store.js';
import { transition } from '../../src/run/run-transition.js';

/** Seals in tests. */
export const testKeyring = createKeyring({ current: Buffer.alloc(32, 7) });

const file = Buffer.from('a plan file');
const stack = '{}';

/** Brings a queued run to `awaiting_review` with a plan, as a worker would; returns the plan's id. */
export async function awaitReview(
  db: Db,
  ids: { runId: string; environmentId: string },
  summary: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const { runId, environmentId } = ids;
  const planId = newId('plan');
  const { rows } = await db.query<{ revision: number; cloudAccountId: string }>(
    `select r.revision, a.cloud_account_id as "cloudAccountId" from runs r join accounts a using (account_id)
     where run_id = $1`,
    [runId],
  );
  await inTransaction(db, async (tx) => {
    await transition(tx, { runId, to: 'planning', message: 'planning' });
    await insertPlan(
      tx,
      {
        planId,
        runId,
        environmentId,
        planFile: testKeyring.encrypt(file, `plan:${planId}`),
        planJson: testKeyring.encrypt('{}', `plan_json:${planId}`),
        cdkJson: stack,
        changes: [],
        drift: [],
        outputs: [],
        stackInput: null,
        summary: {
          create: 1,
          update: 0,
          replace: 0,
          delete: 0,
          risk: 'low',
          reasons: [],
          reasons_total: 0,
          ...summary,
        },
        text: 'Plan: 1 to add, 0 to change, 0 to destroy.',
        planSha256: sha256(file),
        synthSha256: sha256(stack),
        lockSha256: 'c',
        toolVersion: '1.11.4',
        revision: rows[0]?.revision ?? 0,
        cloudAccountId: rows[0]?.cloudAccountId ?? '',
        stateLineage: null,
        stateSerial: null,
      },
      0,
    );
    await transition(tx, { runId, to: 'awaiting_review', planId, message: 'the plan awaits review' });
  });
  return planId;
}
