import type { Queryable } from '../db/db.js';
import type { TimelineEvent } from '../environment/environment.js';
import { newId } from '../lib/ids.js';
import { toPage, type Page, type PageRequest } from '../lib/page.js';

export interface NewEvent {
  readonly tenantId: string;
  readonly environmentId: string | null;
  readonly runId: string | null;
  readonly type: string;
  readonly message: string;
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

/** The timeline of one environment, oldest first; `after` is the sequence number last seen. */
export async function listEvents(
  db: Queryable,
  environmentId: string,
  page: PageRequest,
): Promise<Page<TimelineEvent>> {
  const { rows } = await db.query<TimelineEvent>(
    `select event_id as "eventId", sequence, environment_id as "environmentId", run_id as "runId",
            type, message, data, created_at as "createdAt"
     from events where environment_id = $1 and sequence > $2 order by sequence limit $3`,
    [environmentId, Number(page.after ?? 0), page.limit + 1],
  );
  return toPage(rows, page.limit, (event) => String(event.sequence));
}
