import { z } from 'zod';
import { deliveryStatuses, type Delivery, type Webhook } from '../../src/webhook/webhook.js';
import { anId, iso, isoOrNull, pageOf, pageQuery, time } from './common.js';
import { eventType } from './event.js';

export const webhookParams = z.strictObject({ webhook_id: anId('`wh_...`') });
export const deliveryParams = webhookParams.extend({ delivery_id: anId('`dlv_...`') });
export const webhookQuery = z.strictObject({
  ...pageQuery(200, 50),
  tenant_id: anId('of this tenant').optional(),
});
export const deliveryQuery = z.strictObject({
  ...pageQuery(200, 50),
  status: z.enum(deliveryStatuses).optional(),
});

const settings = {
  url: z.string().max(2000).describe('an https address; called by POST, redirects are not followed'),
  description: z.string().trim().max(200).nullable(),
  event_types: z.array(eventType).min(1).max(100).nullable().describe('null = all'),
  enabled: z.boolean(),
};

export const createWebhook = z
  .strictObject({
    url: settings.url,
    description: settings.description.default(null),
    event_types: settings.event_types.default(null),
    enabled: settings.enabled.default(true),
    tenant_id: anId('told of this tenant; null = of every tenant').nullable().default(null),
  })
  .meta({ id: 'CreateWebhook' });

export const changeWebhook = z.strictObject(settings).partial().meta({ id: 'ChangeWebhook' });

export const rotateSecret = z
  .strictObject({
    overlap_hours: z
      .int()
      .min(0)
      .max(168)
      .default(24)
      .describe('how long the former secret signs beside the new one'),
  })
  .default({ overlap_hours: 24 })
  .meta({ id: 'RotateSecret' });

export const webhook = z
  .strictObject({
    webhook_id: z.string(),
    tenant_id: z.string().nullable().describe('null = told of every tenant'),
    ...settings,
    event_types: z.array(z.string()).nullable(),
    disabled_reason: z.string().nullable().describe('why Terrace itself disabled it'),
    former_secret_until: time.nullable(),
    failing_since: time.nullable().describe('since when no attempt has succeeded'),
    created_by: z.string(),
    created_at: time,
    updated_at: time,
  })
  .meta({ id: 'Webhook' });

export const webhookPage = pageOf('WebhookPage', webhook);

export const webhookWithSecret = webhook
  .extend({ secret: z.string().describe('`whsec_...`: signs what is sent; told once') })
  .meta({ id: 'WebhookWithSecret' });

export const deletedWebhook = z
  .strictObject({ webhook_id: z.string(), deleted: z.literal(true) })
  .meta({ id: 'DeletedWebhook' });

export const delivery = z
  .strictObject({
    delivery_id: z.string().describe('the `webhook-id` of every attempt'),
    webhook_id: z.string(),
    event_id: z.string().nullable().describe('null = a ping'),
    environment_id: z.string().nullable(),
    event_type: z.string(),
    status: z.enum(deliveryStatuses),
    attempts: z.int(),
    next_attempt_at: time.nullable(),
    last_attempt_at: time.nullable(),
    response_code: z.int().nullable().describe('null = no answer'),
    response_body: z.string().nullable().describe('its first 1,000 bytes'),
    fault: z.string().nullable().describe('why the last attempt failed'),
    duration_ms: z.int().nullable(),
    created_at: time,
  })
  .meta({ id: 'WebhookDelivery' });

export const deliveryPage = pageOf('WebhookDeliveryPage', delivery);

export const deliveryWithBody = delivery
  .extend({ body: z.string().describe('what is signed and sent, byte for byte') })
  .meta({ id: 'WebhookDeliveryWithBody' });

export function webhookView(one: Webhook): z.input<typeof webhook> {
  return {
    webhook_id: one.webhookId,
    tenant_id: one.tenantId,
    url: one.url,
    description: one.description,
    event_types: one.eventTypes && [...one.eventTypes],
    enabled: one.enabled,
    disabled_reason: one.disabledReason,
    former_secret_until: isoOrNull(one.formerSecretUntil),
    failing_since: isoOrNull(one.failingSince),
    created_by: one.createdBy,
    created_at: iso(one.createdAt),
    updated_at: iso(one.updatedAt),
  };
}

export function deliveryView(one: Delivery): z.input<typeof delivery> {
  return {
    delivery_id: one.deliveryId,
    webhook_id: one.webhookId,
    event_id: one.eventId,
    environment_id: one.environmentId,
    event_type: one.eventType,
    status: one.status,
    attempts: one.attempts,
    next_attempt_at: isoOrNull(one.nextAttemptAt),
    last_attempt_at: isoOrNull(one.lastAttemptAt),
    response_code: one.responseCode,
    response_body: one.responseBody,
    fault: one.fault,
    duration_ms: one.durationMs,
    created_at: iso(one.createdAt),
  };
}
