/**
 * Hands committed jobs to the queue: on every notification of the database and every `pollMs`. A job is marked sent
 * after the queue has taken it, so a crash in between sends it twice; its deterministic id and the claim make that
 * harmless. An outage of the queue or the database delays jobs and loses none.
 */
import type { Db } from '../db/db.js';
import { inTransaction } from '../db/db.js';
import { startWakeLoop } from '../db/wake-loop.js';
import type { Log } from '../log/log.js';
import { lockUnsent, markSent } from './outbox.js';
import type { JobQueue } from './queue.js';

export interface OutboxRelay {
  close(): Promise<void>;
}

export interface OutboxRelayProps {
  readonly db: Db;
  readonly databaseUrl: string;
  readonly queue: JobQueue;
  readonly log: Log;
  readonly pollMs: number;
}

const batchSize = 100;

export function startOutboxRelay(props: OutboxRelayProps): OutboxRelay {
  const { databaseUrl, log, pollMs } = props;
  return startWakeLoop({
    databaseUrl,
    channel: 'terrace_outbox',
    everyMs: pollMs,
    log,
    failed: 'jobs could not be sent; the next poll tries again',
    look: async (closed) => {
      while ((await sendBatch(props)) === batchSize && !closed());
    },
  });
}

async function sendBatch({ db, queue }: OutboxRelayProps): Promise<number> {
  return inTransaction(db, async (tx) => {
    const jobs = await lockUnsent(tx, batchSize);
    for (const job of jobs) await queue.add({ name: job.jobName, id: job.jobId, payload: job.payload });
    if (jobs.length > 0)
      await markSent(
        tx,
        jobs.map((job) => job.outboxId),
      );
    return jobs.length;
  });
}
