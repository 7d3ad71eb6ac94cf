/** Reads and writes whole tables, whatever they are: PostgreSQL itself puts the statements together from its catalog. */
import type { Queryable, Tx } from '../db/db.js';

/** A table of Terrace, with the statements that read it and fill it. */
export interface KeptTable {
  readonly name: string;
  /** Gives a `row` each, as JSON text. */
  readonly read: string;
  /** Takes a JSON array of rows as its one value. */
  readonly fill: string;
}

/**
 * All tables but those that a restored database has its own of: which migrations it has seen, the key of its wall between
 * tenants, and jobs, which the sweeper makes anew from the runs.
 */
export async function keptTables(db: Queryable): Promise<KeptTable[]> {
  const { rows } = await db.query<KeptTable>(
    `select t.name, format('select row_to_json(r)::text as row from (select %s from %s) r', t.columns, t.name) as read,
       format('insert into %2$s (%1$s) overriding system value select %1$s from json_populate_recordset(null::%2$s, $1)',
         t.columns, t.name) as fill
     from (
       select format('%I.%I', n.nspname, c.relname) as name,
         (select string_agg(quote_ident(a.attname), ', ' order by a.attnum) from pg_attribute a
          where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where c.relkind = 'r' and n.nspname in ('public', 'sandbox')
         and c.relname not in ('schema_migrations', 'wall_key', 'outbox')) t
     order by t.name`,
  );
  return rows;
}

/** All rows as of the transaction's snapshot, some at a time, as JSON text. */
export async function* readRows(tx: Tx, { read }: KeptTable): AsyncGenerator<string[]> {
  const declare = `declare kept no scroll cursor for ${read}`;
  await tx.query(declare);
  for (;;) {
    const { rows } = await tx.query<{ row: string }>('fetch 20 from kept');
    if (rows.length === 0) break;
    yield rows.map(({ row }) => row);
  }
  await tx.query('close kept');
}

/** The last value of each sequence that has given one. */
export async function lastValues(db: Queryable): Promise<Record<string, string>> {
  const { rows } = await db.query<{ name: string; value: string }>(
    `select format('%I.%I', schemaname, sequencename) as name, last_value::text as value from pg_sequences
     where schemaname in ('public', 'sandbox') and sequencename not like 'outbox%' and last_value is not null`,
  );
  return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
}

export async function appliedVersions(db: Queryable): Promise<number[]> {
  const { rows } = await db.query<{ version: number }>(
    'select version from schema_migrations order by version',
  );
  return rows.map(({ version }) => version);
}
