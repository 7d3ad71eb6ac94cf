import { appError } from '../src/errors/app-error.js';
import { createOutbound } from '../src/http/outbound.js';
import { startOutboxRelay } from '../src/queue/outbox-relay.js';
import type { JobQueue } from '../src/queue/queue.js';
import type { WorkerDeps } from './deps.js';
import { listenForCancels } from './cancel-listener.js';
import { startHealthChecks } from './health-checks.js';
import { doJob } from './jobs.js';
import { startSweeper } from './sweeper.js';
import { startWebhookSender } from './webhook-sender.js';

export interface Worker {
  /** Takes no more work, stops what runs (terraform saves its state) and hands unfinished runs over. */
  close(): Promise<void>;
}

export interface WorkerProps extends WorkerDeps {
  readonly queue: JobQueue;
  readonly databaseUrl: string;
}

/** Starts taking jobs. The first sweep comes before the first job: a restart carries on at once what it left. */
export async function startWorker(props: WorkerProps): Promise<Worker> {
  const { queue, databaseUrl, ...deps } = props;
  const { db, log, config } = deps;
  const sweeper = startSweeper(deps);
  const listener = listenForCancels(deps, databaseUrl);
  await sweeper.sweep();
  const relay = startOutboxRelay({ db, databaseUrl, queue, log, pollMs: 5000 });
  const healthChecks = startHealthChecks(deps, databaseUrl);
  const outbound = createOutbound({ allowedRanges: config.OUTBOUND_ALLOWED_RANGES });
  const sender = startWebhookSender({ db, databaseUrl, keyring: deps.keyring, log, outbound });
  let stopping = false;
  const working = await queue.work(config.WORKER_CONCURRENCY, async (name, payload) => {
    const next = await doJob(deps, name, payload);
    if (next !== null && !stopping) await doJob(deps, next, payload);
  });
  return {
    close: async () => {
      stopping = true;
      sweeper.close();
      const closing = working.close();
      for (const [runId, abort] of deps.active)
        abort.abort(appError('interrupted', `the worker is stopping; run ${runId} is carried on by another`));
      await Promise.all([closing, healthChecks.close(), sender.close()]);
      await relay.close();
      await listener.close();
    },
  };
}
