import type { Queryable, Tx } from '../db/db.js';
import type { TimelineEvent } from '../environment/environment.js';
import { newId } from '../lib/ids.js';
import { toPage, type Page, type PageRequest } from '../lib/page.js';
import type { EventType } from './event-types.js';
import type { FeedEvent, FeedFilter } from './event.js';

export interface NewEvent {
  /** Null = of the platform itself. */
  readonly tenantId: string | null;
  readonly environmentId: string | null;
  readonly runId: string | null;
  /** A new one gets its line in `event-types.ts`. */
  readonly type: EventType;
  readonly message: string;
  /** Nothing sensitive: it leaves in webhooks. */
  readonly data?: Readonly<Record<string, unknown>>;
}

/** Appends one line to the timeline; call it in the transaction of the change it tells of. */
export async function appendEvent(tx: Queryable, event: NewEvent): Promise<void> {
  await tx.query(
    `insert into events (event_id, tenant_id, environment_id, run_id, type, message, data)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [
      newId('event'),
      event.tenantId,
      event.environmentId,
      event.runId,
      event.type,
      event.message,
      event.data ?? {},
    ],
  );
}

const columns = `event_id as "eventId", sequence, environment_id as "environmentId", run_id as "runId",
  type, message, data, created_at as "createdAt"`;
const feedColumns = `${columns}, tenant_id as "tenantId", version, position`;

/** The timeline of one environment, oldest first; `after` is the sequence number last seen. */
export async function listEvents(
  db: Queryable,
  environmentId: string,
  page: PageRequest,
): Promise<Page<TimelineEvent>> {
  const { rows } = await db.query<TimelineEvent>(
    `select ${columns} from events where environment_id = $1 and sequence > $2 order by sequence limit $3`,
    [environmentId, Number(page.after ?? 0), page.limit + 1],
  );
  return toPage(rows, page.limit, (event) => String(event.sequence));
}

/** What the newest event of a type says of a run; null = there is none. */
export async function lastMessage(
  db: Queryable,
  { environmentId, runId }: { readonly environmentId: string; readonly runId: string },
  type: EventType,
): Promise<string | null> {
  const { rows } = await db.query<{ message: string }>(
    `select message from events where environment_id = $1 and run_id = $2 and type = $3 order by sequence desc limit 1`,
    [environmentId, runId, type],
  );
  return rows[0]?.message ?? null;
}

/** The feed of all published events, oldest first; `after` is the position last seen. */
export async function listFeed(
  db: Queryable,
  filter: FeedFilter,
  page: PageRequest,
): Promise<Page<FeedEvent>> {
  const { rows } = await db.query<FeedEvent>(
    `select ${feedColumns} from events
     where position > $1 and ($2::text is null or tenant_id = $2) and ($3::text is null or environment_id = $3)
       and ($4::text[] is null or type = any ($4))
     order by position limit $5`,
    [
      Number(page.after ?? 0),
      filter.tenantId ?? null,
      filter.environmentId ?? null,
      filter.types ?? null,
      page.limit + 1,
    ],
  );
  return toPage(rows, page.limit, (event) => String(event.position));
}

/** Gives the oldest events without one their place in the feed, as of this transaction; others that publish wait for it. */
export async function publishEvents(tx: Tx, limit: number): Promise<FeedEvent[]> {
  await tx.query('select from event_feed for update');
  const { rows } = await tx.query<FeedEvent>(
    `with unpublished as (select event_id as id, sequence from events where position is null order by sequence limit $1),
       placed as (select id, f.position + row_number() over (order by sequence) as place
                  from unpublished cross join event_feed f)
     update events e set position = placed.place from placed where e.event_id = placed.id
     returning ${feedColumns}`,
    [limit],
  );
  if (rows.length === 0) return [];
  await tx.query('update event_feed set position = position + $1', [rows.length]);
  return rows.sort((a, b) => a.position - b.position);
}

/** Leaves so many places of the feed out: they may have been given in a time that a restored database knows nothing of. */
export async function skipPositions(tx: Tx, count: number): Promise<void> {
  await tx.query('update event_feed set position = position + $1', [count]);
}
