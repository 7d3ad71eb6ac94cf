import type { AppDeps } from '../deps.js';
import { route, type Route } from '../route.js';
import * as schema from '../schemas/event.js';

/** The feed of all events, for programs. */
export function eventRoutes({ events }: AppDeps): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/v1/events',
      right: 'events',
      tag: 'events',
      summary: 'Read the events of all environments, oldest first, each once',
      request: { query: schema.feedQuery },
      response: { status: 200, description: 'one page', schema: schema.feedPage },
      handle: async ({ ctx, query }) => {
        const { after, limit, type, tenant_id: tenantId, environment_id: environmentId } = query;
        const filter = { tenantId, environmentId, types: type === undefined ? undefined : [type] };
        const { items, nextCursor } = await events.feed(ctx, filter, { limit, after: String(after) });
        return {
          body: {
            items: items.map(schema.feedEventView),
            next_after: items.at(-1)?.position ?? after,
            more: nextCursor !== null,
          },
        };
      },
    }),
  ];
}
