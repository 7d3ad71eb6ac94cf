/** The only writer of `runs.attempts`. */
import { inTransaction, type Db } from '../db/db.js';
import { appendEvent } from '../event/event-store.js';
import { assertWritten } from './lease-fence.js';
import type { Attempt, Run } from './run.js';

/** Keeps a failed attempt that is followed by another, and tells of it. Throws `lease_lost`. */
export async function saveAttempt(db: Db, run: Run, attempt: Attempt): Promise<void> {
  await inTransaction(db, async (tx) => {
    const { rowCount } = await tx.query(
      `update runs set attempts = attempts || $3::jsonb where run_id = $1 and lease_epoch = $2`,
      [run.runId, run.leaseEpoch, JSON.stringify([attempt])],
    );
    assertWritten(run, rowCount);
    const { tenantId, environmentId, runId } = run;
    const { step, attempt: number, message, code, waitMs } = attempt;
    await appendEvent(tx, {
      tenantId,
      environmentId,
      runId,
      type: 'run_retrying',
      message: `attempt ${number} of ${step} failed: ${message}; the next one comes in ${Math.ceil(waitMs / 1000)} s`,
      data: { step, attempt: number, code, wait_ms: waitMs },
    });
  });
}
