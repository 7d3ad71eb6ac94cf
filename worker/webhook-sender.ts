/**
 * Turns committed events into deliveries and sends them. Of all workers one does so, whoever holds the lock; when it dies
 * another takes over and sends again what had no end: at least once. Each webhook has a few attempts under way at most, so a
 * slow receiver delays itself alone; of one environment there is one, so what it has to tell arrives in order.
 */
import { createLeadership } from '../src/db/leadership.js';
import { startWakeLoop } from '../src/db/wake-loop.js';
import { systemClock, type Clock } from '../src/lib/clock.js';
import { dueDeliveries, type DueDelivery } from '../src/webhook/delivery-store.js';
import { publish } from '../src/webhook/publish.js';
import { attempt, type AttemptDeps } from './webhook-attempt.js';

export interface WebhookSender {
  /** Gives attempts under way a moment to end; what did not end is sent again by the next one. */
  close(): Promise<void>;
}

export interface WebhookSenderProps extends Omit<AttemptDeps, 'clock' | 'timeoutMs'> {
  readonly databaseUrl: string;
  /** @default the system's */
  readonly clock?: Clock;
  /** @default 10 s */
  readonly timeoutMs?: number;
  /** How often retries are looked for, and whether somebody has to take over. @default 1 s */
  readonly pollMs?: number;
}

const perWebhook = 4;
const inAll = 200;
const graceMs = 2_000;

export function startWebhookSender(props: WebhookSenderProps): WebhookSender {
  const { db, log, clock = systemClock, timeoutMs = 10_000, pollMs = 1_000 } = props;
  const leadership = createLeadership(db, 'terrace webhook sender');
  const stop = new AbortController();
  const inHand = new Map<string, { readonly webhookId: string; readonly ended: Promise<void> }>();

  const countOf = (webhookId: string) =>
    [...inHand.values()].filter((one) => one.webhookId === webhookId).length;
  const send = (due: DueDelivery) => {
    const ended = attempt({ ...props, clock, timeoutMs }, due, stop.signal).then(
      () => settled(due, true),
      (error: unknown) => {
        log.warn({ err: error, delivery_id: due.deliveryId }, 'an attempt has no end; it is made again');
        settled(due, false);
      },
    );
    inHand.set(due.deliveryId, { webhookId: due.webhookId, ended });
  };
  const settled = (due: DueDelivery, lookNow: boolean) => {
    inHand.delete(due.deliveryId);
    if (lookNow) loop.wake();
  };
  const look = async (closed: () => boolean) => {
    if (!(await leadership.holds())) return;
    await publish(db, () => clock.now());
    const webhooks = new Set([...inHand.values()].map((one) => one.webhookId));
    const busy = [...webhooks].filter((webhookId) => countOf(webhookId) >= perWebhook);
    const asked = { now: clock.now(), perWebhook, inHand: [...inHand.keys()], busy };
    for (const due of await dueDeliveries(db, asked))
      if (!closed() && inHand.size < inAll && countOf(due.webhookId) < perWebhook) send(due);
  };
  const loop = startWakeLoop({
    databaseUrl: props.databaseUrl,
    channel: 'terrace_events',
    everyMs: pollMs,
    log,
    failed: 'webhooks wait; the next look tries again',
    look,
  });
  return {
    close: async () => {
      await loop.close();
      const abort = setTimeout(() => stop.abort(), graceMs);
      await Promise.all([...inHand.values()].map(({ ended }) => ended));
      clearTimeout(abort);
      leadership.release();
    },
  };
}
