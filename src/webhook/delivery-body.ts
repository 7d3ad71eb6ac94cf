import { maskText, maskValue } from '../audit/audit-mask.js';
import type { FeedEvent } from '../event/event.js';
import { Redactor } from '../log/redactor.js';
import { pingType } from './webhook.js';

/** What a receiver reads: type, time and data, as the Standard Webhooks specification advises. Masked once more. */
export function bodyOf(event: FeedEvent): string {
  const redactor = new Redactor();
  return JSON.stringify({
    type: event.type,
    timestamp: event.createdAt.toISOString(),
    data: {
      event_id: event.eventId,
      position: event.position,
      version: event.version,
      tenant_id: event.tenantId,
      environment_id: event.environmentId,
      run_id: event.runId,
      message: maskText(event.message, redactor),
      details: maskValue(event.data, redactor),
    },
  });
}

/** The body of a ping: no event, nothing of a tenant. */
export function pingBody(webhookId: string, now: Date): string {
  return JSON.stringify({ type: pingType, timestamp: now.toISOString(), data: { webhook_id: webhookId } });
}
