/** The only writer of `webhooks`. */
import type { Keyring } from '../crypto/envelope.js';
import type { Queryable, Tx } from '../db/db.js';
import { toPage, type Page, type PageRequest } from '../lib/page.js';
import type { CreateWebhook, Webhook } from './webhook.js';

const columns = `webhook_id as "webhookId", tenant_id as "tenantId", url, description, event_types as "eventTypes",
  enabled, disabled_reason as "disabledReason", former_secret_until as "formerSecretUntil",
  failing_since as "failingSince", created_by as "createdBy", created_at as "createdAt", updated_at as "updatedAt"`;

/** How a secret is sealed: bound to its webhook. The key's rotation has to know it. */
export const secretContext = (webhookId: string): string => `webhook_secret:${webhookId}`;

export interface NewWebhook extends CreateWebhook {
  readonly webhookId: string;
  /** Sealed. */
  readonly secret: Buffer;
  readonly createdBy: string;
}

export async function insertWebhook(db: Queryable, webhook: NewWebhook, now: Date): Promise<Webhook> {
  const { rows } = await db.query<Webhook>(
    `insert into webhooks (webhook_id, tenant_id, url, description, event_types, enabled, secret, created_by,
       created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9) returning ${columns}`,
    [
      webhook.webhookId,
      webhook.tenantId,
      webhook.url,
      webhook.description,
      webhook.eventTypes,
      webhook.enabled,
      webhook.secret,
      webhook.createdBy,
      now,
    ],
  );
  return one(rows);
}

/** Lets one at a time add webhooks to a tenant (null = the platform), until the transaction ends. */
export async function lockWebhooksOf(tx: Tx, tenantId: string | null): Promise<void> {
  await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [
    `webhooks of ${tenantId ?? 'all'}`,
  ]);
}

/** How many webhooks of a tenant (null = of the platform) there are. */
export async function countWebhooks(db: Queryable, tenantId: string | null): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    'select count(*)::integer as count from webhooks where tenant_id is not distinct from $1',
    [tenantId],
  );
  return one(rows).count;
}

/** Undefined when there is none within the tenant (null = any). */
export async function findWebhook(
  db: Queryable,
  within: string | null,
  webhookId: string,
): Promise<Webhook | undefined> {
  const { rows } = await db.query<Webhook>(
    `select ${columns} from webhooks where webhook_id = $2 and ($1::text is null or tenant_id = $1)`,
    [within, webhookId],
  );
  return rows[0];
}

/** The same, and locks it. */
export async function lockWebhook(
  tx: Tx,
  within: string | null,
  webhookId: string,
): Promise<Webhook | undefined> {
  const { rows } = await tx.query<Webhook>(
    `select ${columns} from webhooks where webhook_id = $2 and ($1::text is null or tenant_id = $1) for update`,
    [within, webhookId],
  );
  return rows[0];
}

/** Newest first; `after` is the webhook id last seen. */
export async function listWebhooks(
  db: Queryable,
  tenantId: string | null,
  page: PageRequest,
): Promise<Page<Webhook>> {
  const { rows } = await db.query<Webhook>(
    `select ${columns} from webhooks
     where ($1::text is null or tenant_id = $1) and ($2::text is null or webhook_id < $2)
     order by webhook_id desc limit $3`,
    [tenantId, page.after ?? null, page.limit + 1],
  );
  return toPage(rows, page.limit, (webhook) => webhook.webhookId);
}

type Settings = Omit<CreateWebhook, 'tenantId'>;

/** Saves all settings; who enables it forgets why it was disabled. */
export async function updateWebhook(
  tx: Tx,
  webhookId: string,
  { now, ...settings }: Settings & { readonly now: Date },
): Promise<Webhook> {
  const { rows } = await tx.query<Webhook>(
    `update webhooks set url = $2, description = $3, event_types = $4, enabled = $5, updated_at = $6,
       disabled_reason = case when $5 then null else disabled_reason end,
       failing_since = case when $5 and (not enabled or url <> $2) then null else failing_since end
     where webhook_id = $1 returning ${columns}`,
    [webhookId, settings.url, settings.description, settings.eventTypes, settings.enabled, now],
  );
  return one(rows);
}

/** With its deliveries. */
export async function deleteWebhook(
  db: Queryable,
  within: string | null,
  webhookId: string,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `delete from webhooks where webhook_id = $2 and ($1::text is null or tenant_id = $1)`,
    [within, webhookId],
  );
  return rowCount === 1;
}

/** The current secret becomes the former one, which still signs until then. */
export async function replaceSecret(
  tx: Tx,
  webhookId: string,
  { secret, formerUntil, now }: { readonly secret: Buffer; readonly formerUntil: Date; readonly now: Date },
): Promise<Webhook> {
  const { rows } = await tx.query<Webhook>(
    `update webhooks set secret = $2, former_secret = secret, former_secret_until = $3, updated_at = $4
     where webhook_id = $1 returning ${columns}`,
    [webhookId, secret, formerUntil, now],
  );
  return one(rows);
}

/** The secrets that sign now, the current one first. */
export async function readSecrets(
  db: Queryable,
  keyring: Keyring,
  { webhookId, now }: { readonly webhookId: string; readonly now: Date },
): Promise<string[]> {
  const { rows } = await db.query<{ current: Buffer; former: Buffer | null }>(
    `select secret as current, case when former_secret_until > $2 then former_secret end as former
     from webhooks where webhook_id = $1`,
    [webhookId, now],
  );
  const sealed = rows.flatMap(({ current, former }) => (former === null ? [current] : [current, former]));
  return sealed.map((bytes) => keyring.decrypt(bytes, secretContext(webhookId)).toString('utf8'));
}

export async function noteSuccess(db: Queryable, webhookId: string): Promise<void> {
  await db.query(
    'update webhooks set failing_since = null where webhook_id = $1 and failing_since is not null',
    [webhookId],
  );
}

/** Notes a failure; returns since when all attempts have failed. */
export async function noteFailure(tx: Tx, webhookId: string, now: Date): Promise<Date> {
  const { rows } = await tx.query<{ since: Date }>(
    `update webhooks set failing_since = coalesce(failing_since, $2) where webhook_id = $1
     returning failing_since as since`,
    [webhookId, now],
  );
  return rows[0]?.since ?? now;
}

/** The webhook that was disabled, or undefined when it was already. */
export async function disableWebhook(
  tx: Tx,
  webhookId: string,
  { reason, now }: { readonly reason: string; readonly now: Date },
): Promise<Webhook | undefined> {
  const { rows } = await tx.query<Webhook>(
    `update webhooks set enabled = false, disabled_reason = $2, updated_at = $3
     where webhook_id = $1 and enabled returning ${columns}`,
    [webhookId, reason, now],
  );
  return rows[0];
}

/** Webhooks that may want an event of these tenants. */
export async function enabledWebhooks(
  db: Queryable,
  tenantIds: readonly string[],
): Promise<Pick<Webhook, 'webhookId' | 'tenantId' | 'eventTypes'>[]> {
  const { rows } = await db.query<Pick<Webhook, 'webhookId' | 'tenantId' | 'eventTypes'>>(
    `select webhook_id as "webhookId", tenant_id as "tenantId", event_types as "eventTypes" from webhooks
     where enabled and (tenant_id is null or tenant_id = any ($1)) order by webhook_id for share`,
    [tenantIds],
  );
  return rows;
}

/** Forgets secrets whose overlap is over. */
export async function forgetFormerSecrets(db: Queryable): Promise<void> {
  await db.query(
    'update webhooks set former_secret = null, former_secret_until = null where former_secret_until < now()',
  );
}

function one<T>(rows: readonly T[]): T {
  if (rows[0] === undefined) throw new Error('the webhook is gone');
  return rows[0];
}
