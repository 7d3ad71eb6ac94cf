import { z } from 'zod';
import { eventTypeNames } from '../../src/event/event-types.js';
import type { FeedEvent } from '../../src/event/event.js';
import { anId, pageQuery } from './common.js';
import { event, eventView } from './environment.js';

export const eventType = z.enum(eventTypeNames);

export const feedQuery = z.strictObject({
  limit: pageQuery(1000, 200).limit,
  after: z.coerce.number().int().min(0).max(1e15).default(0).describe('`next_after` of the answer before'),
  type: eventType.optional(),
  tenant_id: anId('of this tenant').optional(),
  environment_id: anId('of this environment').optional(),
});

export const feedEvent = event
  .extend({
    tenant_id: z.string().nullable().describe('null = of the platform itself'),
    version: z.int().nullable().describe('rises by one with each event of the environment'),
    position: z.int().describe('the place in the feed'),
  })
  .meta({ id: 'FeedEvent' });

export const feedPage = z
  .strictObject({
    items: z.array(feedEvent),
    next_after: z.int().describe('`after` of the next request, on the last page too'),
    more: z.boolean().describe('whether there is more already'),
  })
  .meta({ id: 'FeedPage' });

export function feedEventView(one: FeedEvent): z.input<typeof feedEvent> {
  return { ...eventView(one), tenant_id: one.tenantId, version: one.version, position: one.position };
}
