/** From committed events to deliveries: both or neither, so that a crash loses none and doubles none. */
import { inTransaction, type Db, type Tx } from '../db/db.js';
import { publishEvents } from '../event/event-store.js';
import { newId } from '../lib/ids.js';
import { bodyOf } from './delivery-body.js';
import { insertDelivery } from './delivery-store.js';
import { enabledWebhooks } from './webhook-store.js';

const batchSize = 100;

/** Publishes what has been committed, oldest first; returns how many events there were. */
export async function publish(db: Db, now: () => Date): Promise<number> {
  let total = 0;
  for (;;) {
    const published = await inTransaction(db, (tx) => publishBatch(tx, now()));
    total += published;
    if (published < batchSize) return total;
  }
}

async function publishBatch(tx: Tx, now: Date): Promise<number> {
  const events = await publishEvents(tx, batchSize);
  if (events.length === 0) return 0;
  const tenants = new Set(events.flatMap(({ tenantId }) => tenantId ?? []));
  const webhooks = await enabledWebhooks(tx, [...tenants]);
  for (const event of events)
    for (const { webhookId, tenantId, eventTypes } of webhooks) {
      if (tenantId !== null && tenantId !== event.tenantId) continue;
      if (eventTypes !== null && !eventTypes.some((type) => type === event.type)) continue;
      const { eventId, environmentId, type: eventType } = event;
      const ids = { deliveryId: newId('delivery'), webhookId, eventId, environmentId };
      await insertDelivery(tx, { ...ids, eventType, body: bodyOf(event), createdAt: now });
    }
  return events.length;
}
