import { setTimeout as delay } from 'node:timers/promises';
import { createOutbound } from '../src/http/outbound.js';
import { startOutboxRelay } from '../src/queue/outbox-relay.js';
import type { JobQueue } from '../src/queue/queue.js';
import type { WorkerDeps } from './deps.js';
import { listenForCancels } from './cancel-listener.js';
import { startHealthChecks } from './health-checks.js';
import { openSlots } from './slots.js';
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
  const slots = await openSlots(deps, queue);
  return {
    close: async () => {
      sweeper.close();
      const closing = slots.close();
      const stopped = Promise.all([closing, healthChecks.close(), sender.close()]);
      if (!(await withinMs(stopped, stopLimitMs(config))))
        log.warn('some work did not stop in time; another worker carries it on when its lease is over');
      await relay.close();
      await listener.close();
    },
  };
}

/** After terraform's time comes that of the last writes; whatever wants more has hung. */
function stopLimitMs({
  TERRAFORM_STOP_TIMEOUT: stop,
  STATE_SAVE_TIMEOUT: save,
}: WorkerDeps['config']): number {
  return (stop + save + 10) * 1000;
}

async function withinMs(work: Promise<unknown>, ms: number): Promise<boolean> {
  const over = new AbortController();
  const late = delay(ms, false, { signal: over.signal }).catch(() => false);
  const done = await Promise.race([work.then(() => true), late]);
  over.abort();
  return done;
}
