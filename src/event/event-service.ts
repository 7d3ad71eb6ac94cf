import type { Db } from '../db/db.js';
import type { Page, PageRequest } from '../lib/page.js';
import type { RequestContext } from '../token/principal.js';
import { listFeed } from './event-store.js';
import type { FeedEvent, FeedFilter } from './event.js';

export interface EventService {
  /** Published events, oldest first, after the position last seen. A caller bound to a tenant sees that tenant's alone. */
  feed(ctx: RequestContext, filter: FeedFilter, page: PageRequest): Promise<Page<FeedEvent>>;
}

export function createEventService(db: Db): EventService {
  return {
    feed: async ({ principal: { tenantId: within } }, filter, page) => {
      if (within !== null && filter.tenantId !== undefined && filter.tenantId !== within)
        return { items: [], nextCursor: null };
      return listFeed(db, { ...filter, tenantId: within ?? filter.tenantId }, page);
    },
  };
}
