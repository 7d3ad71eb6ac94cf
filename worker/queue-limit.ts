import { inTransaction } from '../src/db/db.js';
import { lockEnvironment } from '../src/environment/environment-store.js';
import { blockedBy } from '../src/run/blocked-by.js';
import { overdueInQueue } from '../src/run/lease-store.js';
import { getRun } from '../src/run/run-store.js';
import { transition } from '../src/run/run-transition.js';
import type { WorkerDeps } from './deps.js';

/** Ends runs that waited too long to be planned, with what they waited for; one that is taken meanwhile is left alone. */
export async function endOverdueInQueue({ db, config }: Pick<WorkerDeps, 'db' | 'config'>): Promise<void> {
  const seconds = config.QUEUE_TIMEOUT;
  for (const { runId, environmentId } of await overdueInQueue(db, seconds))
    await inTransaction(db, async (tx) => {
      await lockEnvironment(tx, null, environmentId);
      const run = await getRun(tx, null, runId);
      if (run.status !== 'queued' || run.leaseOwner !== null) return;
      const reason =
        (await blockedBy(tx, run, { accountRunsAtOnce: config.ACCOUNT_RUNS_AT_ONCE })) ?? 'a free worker';
      const message = `the run waited longer than ${seconds} s (QUEUE_TIMEOUT) for ${reason}; ask for it again`;
      const limit = { name: 'QUEUE_TIMEOUT', seconds };
      const error = {
        code: 'phase_timeout',
        message,
        blame: 'platform',
        retryable: true,
        step: 'queue',
        limit,
      };
      await transition(tx, { runId, to: 'failed', message, error });
    });
}
