import type { Keyring } from '../crypto/envelope.js';
import { inTransaction, type Db, type Queryable, type Tx } from '../db/db.js';
import { appError } from '../errors/app-error.js';
import { systemClock, type Clock } from '../lib/clock.js';
import { newId } from '../lib/ids.js';
import type { Page, PageRequest } from '../lib/page.js';
import { getTenant } from '../tenant/tenant-store.js';
import type { RequestContext } from '../token/principal.js';
import { pingBody } from './delivery-body.js';
import {
  findDelivery,
  insertDelivery,
  listDeliveries,
  restartDelivery,
  wakeSender,
} from './delivery-store.js';
import { newWebhookSecret } from './signature.js';
import { assertReceiver } from './receiver-url.js';
import {
  countWebhooks,
  deleteWebhook,
  findWebhook,
  insertWebhook,
  listWebhooks,
  lockWebhook,
  lockWebhooksOf,
  replaceSecret,
  secretContext,
  updateWebhook,
} from './webhook-store.js';
import {
  pingType,
  type ChangeWebhook,
  type CreateWebhook,
  type Delivery,
  type DeliveryStatus,
  type DeliveryWithBody,
  type Webhook,
} from './webhook.js';

const hourMs = 3_600_000;
/** Of one tenant, and of the platform. */
const mostWebhooks = 20;

/** A caller bound to a tenant sees and makes that tenant's webhooks alone; every other one is `not_found`. */
export interface WebhookService {
  /** `secret` is told here and never again. Throws `not_found` for an unknown tenant, `invalid_request`, `webhook_limit`. */
  create(ctx: RequestContext, command: CreateWebhook): Promise<NewSecret>;
  list(ctx: RequestContext, tenantId: string | undefined, page: PageRequest): Promise<Page<Webhook>>;
  get(ctx: RequestContext, webhookId: string): Promise<Webhook>;
  change(ctx: RequestContext, webhookId: string, change: ChangeWebhook): Promise<Webhook>;
  /** With its deliveries. */
  remove(ctx: RequestContext, webhookId: string): Promise<void>;
  /** For so many hours the former secret signs beside the new one. */
  rotateSecret(ctx: RequestContext, webhookId: string, overlapHours: number): Promise<NewSecret>;
  /** One delivery that is tried once, also while the webhook is disabled. */
  ping(ctx: RequestContext, webhookId: string): Promise<Delivery>;
  deliveries(
    ctx: RequestContext,
    filter: { readonly webhookId: string; readonly status?: DeliveryStatus | undefined },
    page: PageRequest,
  ): Promise<Page<Delivery>>;
  delivery(ctx: RequestContext, webhookId: string, deliveryId: string): Promise<DeliveryWithBody>;
  /** The same bytes under the same `webhook-id`, at once. Throws `action_not_allowed` while the webhook is disabled. */
  redeliver(ctx: RequestContext, webhookId: string, deliveryId: string): Promise<Delivery>;
}

export interface NewSecret {
  readonly webhook: Webhook;
  readonly secret: string;
}

export interface WebhookServiceProps {
  readonly db: Db;
  readonly keyring: Keyring;
  /** OUTBOUND_ALLOWED_RANGES */
  readonly allowedRanges: readonly string[];
  readonly clock?: Clock | undefined;
}

export function createWebhookService(props: WebhookServiceProps): WebhookService {
  const { db, keyring, allowedRanges, clock = systemClock } = props;
  const get: WebhookService['get'] = async (ctx, webhookId) =>
    found(await findWebhook(db, ctx.principal.tenantId, webhookId), webhookId);
  const lock = async (tx: Tx, ctx: RequestContext, webhookId: string) =>
    found(await lockWebhook(tx, ctx.principal.tenantId, webhookId), webhookId);
  const sealed = (webhookId: string) => {
    const secret = newWebhookSecret();
    return { secret, bytes: keyring.encrypt(secret, secretContext(webhookId)) };
  };
  return {
    get,
    create: (ctx, command) => {
      assertReceiver(command.url, allowedRanges);
      const webhookId = newId('webhook');
      const { secret, bytes } = sealed(webhookId);
      return inTransaction(db, async (tx) => {
        const { tenantId } = command;
        if (tenantId !== null) await getTenant(tx, ctx.principal.tenantId, tenantId);
        await lockWebhooksOf(tx, tenantId);
        await assertRoom(tx, tenantId);
        const made = { ...command, webhookId, secret: bytes, createdBy: ctx.principal.name };
        return { webhook: await insertWebhook(tx, made, clock.now()), secret };
      });
    },
    list: async ({ principal: { tenantId: within } }, tenantId, page) => {
      if (within !== null && tenantId !== undefined && tenantId !== within)
        return { items: [], nextCursor: null };
      return listWebhooks(db, within ?? tenantId ?? null, page);
    },
    change: (ctx, webhookId, change) => {
      if (change.url !== undefined) assertReceiver(change.url, allowedRanges);
      return inTransaction(db, async (tx) => {
        const former = await lock(tx, ctx, webhookId);
        const changed = await updateWebhook(tx, webhookId, { ...former, ...change, now: clock.now() });
        await wakeSender(tx);
        return changed;
      });
    },
    remove: async (ctx, webhookId) => {
      if (!(await deleteWebhook(db, ctx.principal.tenantId, webhookId))) throw notFound(webhookId);
    },
    rotateSecret: (ctx, webhookId, overlapHours) => {
      const { secret, bytes } = sealed(webhookId);
      return inTransaction(db, async (tx) => {
        await lock(tx, ctx, webhookId);
        const now = clock.now();
        const formerUntil = new Date(now.getTime() + overlapHours * hourMs);
        return { webhook: await replaceSecret(tx, webhookId, { secret: bytes, formerUntil, now }), secret };
      });
    },
    ping: async (ctx, webhookId) => {
      await get(ctx, webhookId);
      const createdAt = clock.now();
      const ping = { deliveryId: newId('delivery'), webhookId, eventId: null, environmentId: null };
      const body = pingBody(webhookId, createdAt);
      const delivery = await insertDelivery(db, { ...ping, eventType: pingType, body, createdAt });
      await wakeSender(db);
      return delivery;
    },
    deliveries: async (ctx, filter, page) => {
      await get(ctx, filter.webhookId);
      return listDeliveries(db, filter, page);
    },
    delivery: async (ctx, webhookId, deliveryId) => {
      await get(ctx, webhookId);
      return (await findDelivery(db, webhookId, deliveryId)) ?? noDelivery(webhookId, deliveryId);
    },
    redeliver: async (ctx, webhookId, deliveryId) => {
      const webhook = await get(ctx, webhookId);
      const former = await findDelivery(db, webhookId, deliveryId);
      if (former === undefined) return noDelivery(webhookId, deliveryId);
      if (!webhook.enabled && former.eventType !== pingType)
        throw appError('action_not_allowed', `webhook ${webhookId} is disabled: enable it first`);
      const again = await restartDelivery(db, { webhookId, deliveryId, now: clock.now() });
      await wakeSender(db);
      return again ?? noDelivery(webhookId, deliveryId);
    },
  };
}

function found(webhook: Webhook | undefined, webhookId: string): Webhook {
  if (webhook === undefined) throw notFound(webhookId);
  return webhook;
}

async function assertRoom(db: Queryable, tenantId: string | null): Promise<void> {
  if ((await countWebhooks(db, tenantId)) < mostWebhooks) return;
  const whose = tenantId === null ? 'the platform' : `tenant ${tenantId}`;
  throw appError(
    'webhook_limit',
    `${whose} has ${mostWebhooks} webhooks, which is the most: remove one first`,
  );
}

const notFound = (webhookId: string) => appError('not_found', `no webhook ${webhookId}`);

function noDelivery(webhookId: string, deliveryId: string): never {
  throw appError('not_found', `no delivery ${deliveryId} of webhook ${webhookId}`);
}
