import type { Config } from '../src/config/config.js';
import { inTransaction, type Db, type Tx } from '../src/db/db.js';
import { dueForDriftCheck, type Due } from '../src/drift/drift-store.js';
import { getEnvironment } from '../src/environment/environment-store.js';
import { newId } from '../src/lib/ids.js';
import { enqueueRun } from '../src/run/run-job.js';
import { openRun } from '../src/run/run-transition.js';

/** Started by one look at the clock at most; the others are at the next. */
const mostDue = 20;

export interface ScheduleDeps {
  readonly db: Db;
  readonly config: Pick<Config, 'DRIFT_CHECK_HOURS' | 'DRIFT_CHECK_SHARE'>;
}

/** Queues the drift checks that are due. Returns how many. */
export async function scheduleDriftChecks({ db, config }: ScheduleDeps): Promise<number> {
  const schedule = { hours: config.DRIFT_CHECK_HOURS, share: config.DRIFT_CHECK_SHARE, most: mostDue };
  return inTransaction(db, async (tx) => {
    const due = await dueForDriftCheck(tx, schedule);
    for (const one of due) await queueCheck(tx, one);
    return due.length;
  });
}

async function queueCheck(tx: Tx, { environmentId, tenantId }: Due): Promise<void> {
  const environment = await getEnvironment(tx, tenantId, environmentId);
  const runId = newId('run');
  const run = await openRun(
    tx,
    {
      runId,
      environmentId,
      tenantId,
      accountId: environment.accountId,
      kind: 'drift_check',
      revision: environment.appliedRevision ?? environment.revision,
      review: environment.review,
      requestedBy: 'terrace',
      authorId: null,
      replanOf: null,
      correlationId: `drift-${runId}`,
    },
    { status: environment.status, settled: environment.settledStatus },
  );
  await enqueueRun(tx, run);
}
