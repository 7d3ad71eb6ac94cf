import { inTransaction, type Db, type Queryable } from '../db/db.js';
import { canonicalJson } from '../lib/canonical-json.js';
import { toPage, type Page, type PageRequest } from '../lib/page.js';
import type { AuditEntry, AuditFilter, AuditHead, AuditRow } from './audit.js';

const columns = `sequence, entry, previous_sha256 as "previousSha256", sha256`;

/**
 * Notes a change that is about to be made. It does not wait for the disk: the log of PostgreSQL is one, so that this note
 * is safe as soon as the change is.
 */
export async function insertIntent(db: Queryable, intentId: string, entry: AuditEntry): Promise<void> {
  await db.query(
    `insert into audit_intents (intent_id, entry) select $1, $2
     where set_config('synchronous_commit', 'off', true) = 'off'`,
    [intentId, canonicalJson(entry)],
  );
}

/** Appends a row to the chain, and forgets the intent whose outcome it tells. Does not wait for the disk, either. */
export async function appendAudit(db: Queryable, entry: AuditEntry, intentId: string | null): Promise<void> {
  await db.query(
    `with settled as (delete from audit_intents where intent_id = $2)
     insert into audit (entry) select $1 where set_config('synchronous_commit', 'off', true) = 'off'`,
    [canonicalJson(entry), intentId],
  );
}

/** Appends a row in the transaction of the change that it tells of: as it commits. */
export async function appendAuditIn(tx: Queryable, entry: AuditEntry): Promise<void> {
  await tx.query(`insert into audit_entries (entry) values ($1)`, [canonicalJson(entry)]);
}

/** Takes intents older than that many seconds out, each for one caller: their processes died. */
export async function takeOldIntents(tx: Queryable, seconds: number): Promise<AuditEntry[]> {
  const { rows } = await tx.query<{ entry: string }>(
    `delete from audit_intents where intent_id in (
       select intent_id from audit_intents where created_at < now() - make_interval(secs => $1)
       order by created_at limit 500 for update skip locked)
     returning entry`,
    [seconds],
  );
  return rows.map(({ entry }) => JSON.parse(entry) as AuditEntry);
}

/** Rows newest first; `after` is the sequence last seen. */
export async function listAudit(
  db: Queryable,
  filter: AuditFilter,
  page: PageRequest,
): Promise<Page<AuditRow>> {
  const { rows } = await db.query<AuditRow>(
    `select ${columns} from audit
     where ($1::text is null or tenant_id = $1) and ($2::text is null or actor_id = $2)
       and ($3::text is null or action = $3) and ($4::text is null or target = $4)
       and ($5::text is null or result = $5) and ($6::text is null or at >= $6) and ($7::text is null or at < $7)
       and ($8::bigint is null or sequence < $8)
     order by sequence desc limit $9`,
    [...filterValues(filter), page.after ?? null, page.limit + 1],
  );
  return toPage(rows, page.limit, (row) => String(row.sequence));
}

/** Rows oldest first, after a sequence number: what exports and verifiers read. */
export async function readAudit(
  db: Queryable,
  filter: AuditFilter,
  page: { readonly after: number; readonly limit: number },
): Promise<AuditRow[]> {
  const { rows } = await db.query<AuditRow>(
    `select ${columns} from audit
     where ($1::text is null or tenant_id = $1) and ($2::text is null or actor_id = $2)
       and ($3::text is null or action = $3) and ($4::text is null or target = $4)
       and ($5::text is null or result = $5) and ($6::text is null or at >= $6) and ($7::text is null or at < $7)
       and sequence > $8
     order by sequence limit $9`,
    [...filterValues(filter), page.after, page.limit],
  );
  return rows;
}

function filterValues(filter: AuditFilter): (string | null)[] {
  return [
    filter.tenantId ?? null,
    filter.actorId ?? null,
    filter.action ?? null,
    filter.target ?? null,
    filter.result ?? null,
    filter.from?.toISOString() ?? null,
    filter.to?.toISOString() ?? null,
  ];
}

/** The last link. */
export async function auditHead(db: Queryable): Promise<AuditHead> {
  const { rows } = await db.query<AuditHead>(`select sequence, sha256 from audit_head`);
  if (rows[0] === undefined) throw new Error('audit_head is empty');
  return rows[0];
}

/** The whole chain and its last link as of one moment, a thousand rows at a time. */
export async function readChain(db: Db, take: (row: AuditRow) => void): Promise<AuditHead> {
  return inTransaction(db, async (tx) => {
    await tx.query('set transaction isolation level repeatable read, read only');
    const head = await auditHead(tx);
    let after = -1;
    for (;;) {
      const rows = await readAudit(tx, {}, { after, limit: 1000 });
      for (const row of rows) take(row);
      const last = rows.at(-1);
      if (last === undefined) return head;
      after = last.sequence;
    }
  });
}

/** The newest row of those that are older than `before` with all rows ahead of them; null when there is none. */
export async function lastBefore(tx: Queryable, before: Date): Promise<AuditHead | null> {
  const { rows } = await tx.query<AuditHead>(
    `select sequence, sha256 from audit
     where sequence < coalesce((select min(sequence) from audit where at >= $1), (select sequence + 1 from audit_head))
     order by sequence desc limit 1`,
    [before.toISOString()],
  );
  return rows[0] ?? null;
}

/** Removes all rows up to one; the chain must tell of it before this transaction ends. */
export async function deleteThrough(tx: Queryable, sequence: number): Promise<number> {
  await tx.query(`update audit_head set pruned_through = greatest(pruned_through, $1)`, [sequence]);
  const { rowCount } = await tx.query(`delete from audit where sequence <= $1`, [sequence]);
  return rowCount ?? 0;
}
