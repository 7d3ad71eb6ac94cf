import type { EventType } from '../event/event-types.js';

/** Where events are sent to. */
export interface Webhook {
  readonly webhookId: string;
  /** Null = told of the events of every tenant. */
  readonly tenantId: string | null;
  readonly url: string;
  readonly description: string | null;
  /** Null = all. */
  readonly eventTypes: readonly EventType[] | null;
  readonly enabled: boolean;
  /** Why Terrace itself disabled it. */
  readonly disabledReason: string | null;
  /** The former secret still signs until then. */
  readonly formerSecretUntil: Date | null;
  /** Since when no attempt has succeeded. */
  readonly failingSince: Date | null;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface CreateWebhook {
  readonly tenantId: string | null;
  readonly url: string;
  readonly description: string | null;
  readonly eventTypes: readonly EventType[] | null;
  readonly enabled: boolean;
}

/** Absent = stays as it is. */
export type ChangeWebhook = Partial<Omit<CreateWebhook, 'tenantId'>>;

export const deliveryStatuses = ['pending', 'delivered', 'failed'] as const;
export type DeliveryStatus = (typeof deliveryStatuses)[number];

/** What a ping is called; it is no event. */
export const pingType = 'webhook_ping';

/** One event on its way to one webhook. Its id is the `webhook-id` of every attempt. */
export interface Delivery {
  readonly deliveryId: string;
  readonly webhookId: string;
  /** Null = a ping. */
  readonly eventId: string | null;
  readonly environmentId: string | null;
  readonly eventType: string;
  readonly status: DeliveryStatus;
  readonly attempts: number;
  readonly nextAttemptAt: Date | null;
  readonly lastAttemptAt: Date | null;
  /** Of the last attempt; null when there was no answer. */
  readonly responseCode: number | null;
  /** Its first 1,000 bytes as text. */
  readonly responseBody: string | null;
  /** Why the last attempt failed. */
  readonly fault: string | null;
  readonly durationMs: number | null;
  readonly createdAt: Date;
}

export interface DeliveryWithBody extends Delivery {
  /** What is signed and sent, byte for byte. */
  readonly body: string;
}
