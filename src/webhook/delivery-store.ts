/** The only writer of `webhook_deliveries`. */
import type { Queryable } from '../db/db.js';
import { toPage, type Page, type PageRequest } from '../lib/page.js';
import { attemptsInOrder } from './delivery-rules.js';
import { pingType, type Delivery, type DeliveryStatus, type DeliveryWithBody } from './webhook.js';

const columns = `delivery_id as "deliveryId", webhook_id as "webhookId", event_id as "eventId",
  environment_id as "environmentId", event_type as "eventType", status, attempts, next_attempt_at as "nextAttemptAt",
  last_attempt_at as "lastAttemptAt", response_code as "responseCode", response_body as "responseBody", fault,
  duration_ms as "durationMs", created_at as "createdAt"`;

export type NewDelivery = Pick<
  DeliveryWithBody,
  'deliveryId' | 'webhookId' | 'eventId' | 'environmentId' | 'eventType' | 'body' | 'createdAt'
>;

/** Adds a delivery that is due at once. Tell the sender by `wakeSender`. */
export async function insertDelivery(db: Queryable, delivery: NewDelivery): Promise<Delivery> {
  const { rows } = await db.query<Delivery>(
    `insert into webhook_deliveries (delivery_id, webhook_id, event_id, environment_id, event_type, body, created_at,
       started_at, next_attempt_at)
     values ($1, $2, $3, $4, $5, $6, $7, $7, $7) returning ${columns}`,
    [
      delivery.deliveryId,
      delivery.webhookId,
      delivery.eventId,
      delivery.environmentId,
      delivery.eventType,
      delivery.body,
      delivery.createdAt,
    ],
  );
  if (rows[0] === undefined) throw new Error('the delivery was not stored');
  return rows[0];
}

/** Has the sender look for what is due, after commit. */
export async function wakeSender(db: Queryable): Promise<void> {
  await db.query(`select pg_notify('terrace_events', '')`);
}

/** Newest first; `after` is the delivery id last seen. */
export async function listDeliveries(
  db: Queryable,
  { webhookId, status }: { readonly webhookId: string; readonly status?: DeliveryStatus | undefined },
  page: PageRequest,
): Promise<Page<Delivery>> {
  const { rows } = await db.query<Delivery>(
    `select ${columns} from webhook_deliveries
     where webhook_id = $1 and ($2::text is null or status = $2) and ($3::text is null or delivery_id < $3)
     order by delivery_id desc limit $4`,
    [webhookId, status ?? null, page.after ?? null, page.limit + 1],
  );
  return toPage(rows, page.limit, (delivery) => delivery.deliveryId);
}

export async function findDelivery(
  db: Queryable,
  webhookId: string,
  deliveryId: string,
): Promise<DeliveryWithBody | undefined> {
  const { rows } = await db.query<DeliveryWithBody>(
    `select ${columns}, body from webhook_deliveries where webhook_id = $1 and delivery_id = $2`,
    [webhookId, deliveryId],
  );
  return rows[0];
}

/** Begins a new round of attempts, at once. Undefined when there is no such delivery. */
export async function restartDelivery(
  db: Queryable,
  ids: { readonly webhookId: string; readonly deliveryId: string; readonly now: Date },
): Promise<Delivery | undefined> {
  const { rows } = await db.query<Delivery>(
    `update webhook_deliveries set status = 'pending', attempts = 0, started_at = $3, next_attempt_at = $3
     where webhook_id = $1 and delivery_id = $2 returning ${columns}`,
    [ids.webhookId, ids.deliveryId, ids.now],
  );
  return rows[0];
}

export interface DueDelivery {
  readonly deliveryId: string;
  readonly webhookId: string;
  readonly tenantId: string | null;
  readonly url: string;
  readonly eventType: string;
  readonly body: string;
  readonly attempts: number;
  readonly startedAt: Date;
}

export interface DueRequest {
  readonly now: Date;
  /** Of one webhook at once. */
  readonly perWebhook: number;
  /** Deliveries being sent. */
  readonly inHand: readonly string[];
  /** Webhooks that have as many as they may. */
  readonly busy: readonly string[];
}

/** What may be sent now: of each environment the oldest, unless that has been tried in vain several times. */
export async function dueDeliveries(db: Queryable, asked: DueRequest): Promise<DueDelivery[]> {
  const { rows } = await db.query<DueDelivery>(
    `select d.delivery_id as "deliveryId", w.webhook_id as "webhookId", w.tenant_id as "tenantId", w.url,
            d.event_type as "eventType", d.body, d.attempts, d.started_at as "startedAt"
     from webhooks w cross join lateral (
       select * from webhook_deliveries d
       where d.webhook_id = w.webhook_id and d.status = 'pending' and d.next_attempt_at <= $1
         and (w.enabled or d.event_type = $5) and d.delivery_id <> all ($3)
         and not exists (
           select 1 from webhook_deliveries e
           where e.webhook_id = d.webhook_id and e.environment_id = d.environment_id and e.status = 'pending'
             and e.sequence < d.sequence and e.attempts < $6)
       order by d.next_attempt_at, d.sequence limit $2) d
     where w.webhook_id <> all ($4)`,
    [asked.now, asked.perWebhook, asked.inHand, asked.busy, pingType, attemptsInOrder],
  );
  return rows;
}

export interface AttemptEnd {
  readonly deliveryId: string;
  readonly status: DeliveryStatus;
  /** Of the attempt. */
  readonly at: Date;
  readonly nextAttemptAt: Date | null;
  readonly responseCode: number | null;
  readonly responseBody: string | null;
  readonly fault: string | null;
  readonly durationMs: number;
}

/** Stores what became of an attempt; one that was started anew meanwhile stays pending. */
export async function saveAttempt(db: Queryable, end: AttemptEnd): Promise<void> {
  await db.query(
    `update webhook_deliveries set
       status = case when started_at > $3 then status else $2 end,
       next_attempt_at = case when started_at > $3 then next_attempt_at else $4 end,
       attempts = attempts + 1, last_attempt_at = $3, response_code = $5, response_body = $6, fault = $7, duration_ms = $8
     where delivery_id = $1`,
    [
      end.deliveryId,
      end.status,
      end.at,
      end.nextAttemptAt,
      end.responseCode,
      end.responseBody,
      end.fault,
      end.durationMs,
    ],
  );
}

/** Forgets deliveries that ended more than 30 days ago. */
export async function deleteOldDeliveries(db: Queryable): Promise<void> {
  await db.query(
    `delete from webhook_deliveries where status <> 'pending' and last_attempt_at < now() - interval '30 days'`,
  );
}
