/**
 * Hands committed jobs to the queue: on every notification of the database and every `pollMs`. A job is marked sent
 * after the queue has taken it, so a crash in between sends it twice; its deterministic id and the claim make that
 * harmless. An outage of the queue or the database delays jobs and loses none.
 */
import type { Db } from '../db/db.js';
import { inTransaction } from '../db/db.js';
import { startListening } from '../db/listen.js';
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
  const { log, pollMs } = props;
  let closed = false;
  let again = false;
  let sending: Promise<void> | undefined;
  const send = async () => {
    do {
      again = false;
      while ((await sendBatch(props)) === batchSize && !closed);
    } while (again && !closed);
  };
  const wake = () => {
    if (closed) return;
    again = true;
    sending ??= send()
      .catch((error: unknown) =>
        log.warn({ err: error }, 'jobs could not be sent; the next poll tries again'),
      )
      .finally(() => (sending = undefined));
  };
  const listener = startListening({
    databaseUrl: props.databaseUrl,
    channel: 'terrace_outbox',
    log,
    onNotify: wake,
    onConnect: wake,
  });
  const timer = setInterval(wake, pollMs);
  wake();
  return {
    close: async () => {
      closed = true;
      clearInterval(timer);
      await listener.close();
      await sending;
    },
  };
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
