/** Settings that are for one tenant or for all, with every version they had: rules of review, policies. */
import type { Queryable, Tx } from '../db/db.js';
import { appError } from '../errors/app-error.js';
import { toPage, type Page, type PageRequest } from '../lib/page.js';

/** `Key` is what there is one of, beside the tenant: a name, a class. */
export interface Versioned<Settings, Key extends string | null> {
  readonly id: string;
  /** Null = of every tenant. */
  readonly tenantId: string | null;
  readonly key: Key;
  readonly version: number;
  readonly settings: Settings;
  readonly createdAt: Date;
  readonly changedAt: Date;
  readonly changedBy: string;
}

export interface PastVersion<Settings> {
  readonly version: number;
  readonly settings: Settings;
  readonly changedBy: string;
  readonly changedAt: Date;
}

/** Where they are kept; the names of tables and columns. */
export interface VersionedTable {
  readonly table: string;
  readonly versions: string;
  readonly id: string;
  readonly key: string;
  /** As people call one. */
  readonly noun: string;
  /** The text of `name_taken`. */
  taken(key: string | null): string;
}

export interface VersionedStore<Settings, Key extends string | null> {
  /** One that the tenant may see: its own, or one for all. Throws `not_found`. */
  get(db: Queryable, tenantId: string | null, id: string): Promise<Versioned<Settings, Key>>;
  /** One that belongs to just that tenant, or to all, until the end of the transaction. Throws `not_found`. */
  lock(tx: Tx, tenantId: string | null, id: string): Promise<Versioned<Settings, Key>>;
  /** Newest first; `after` is the id last seen. */
  list(
    db: Queryable,
    filter: { readonly tenantId: string | null; readonly key?: string | undefined },
    page: PageRequest,
  ): Promise<Page<Versioned<Settings, Key>>>;
  /** Inserts version 1. Throws `name_taken`. */
  insert(tx: Tx, one: NewVersioned<Settings, Key>): Promise<void>;
  /** Makes those settings the next version of one that is locked. */
  save(
    tx: Tx,
    one: Versioned<Settings, Key>,
    change: { readonly settings: Settings; readonly changedBy: string },
  ): Promise<void>;
  remove(tx: Tx, id: string, by: string): Promise<void>;
  /** What one said, newest first. */
  versions(db: Queryable, id: string): Promise<PastVersion<Settings>[]>;
}

export type NewVersioned<Settings, Key extends string | null> = Pick<
  Versioned<Settings, Key>,
  'id' | 'tenantId' | 'key' | 'settings' | 'changedBy'
>;

export function createVersionedStore<Settings, Key extends string | null>(
  names: VersionedTable,
): VersionedStore<Settings, Key> {
  const { table, versions: tableOfVersions, id: idColumn, key: keyColumn } = names;
  const columns = `${idColumn} as id, ${keyColumn} as key, version, settings, tenant_id as "tenantId",
    created_at as "createdAt", changed_at as "changedAt", changed_by as "changedBy"`;
  const one = async (db: Queryable, sql: string, values: readonly (string | null)[]) => {
    const { rows } = await db.query<Versioned<Settings, Key>>(sql, [...values]);
    if (rows[0] === undefined) throw appError('not_found', `no ${names.noun} ${values[1]}`);
    return rows[0];
  };
  const insertVersion = (tx: Tx, row: PastRow<Settings>) =>
    tx.query(
      `insert into ${tableOfVersions} (${idColumn}, version, settings, changed_by) values ($1, $2, $3, $4)`,
      [row.id, row.version, row.settings, row.changedBy],
    );
  return {
    get: (db, tenantId, id) =>
      one(
        db,
        `select ${columns} from ${table} where deleted_at is null and ($1::text is null or tenant_id = $1 or tenant_id is null)
           and ${idColumn} = $2`,
        [tenantId, id],
      ),
    lock: (tx, tenantId, id) =>
      one(
        tx,
        `select ${columns} from ${table} where deleted_at is null and tenant_id is not distinct from $1 and ${idColumn} = $2 for update`,
        [tenantId, id],
      ),
    list: async (db, { tenantId, key }, page) => {
      const { rows } = await db.query<Versioned<Settings, Key>>(
        `select ${columns} from ${table} where deleted_at is null and ($1::text is null or tenant_id = $1 or tenant_id is null)
           and ($2::text is null or ${keyColumn} = $2) and ($3::text is null or ${idColumn} < $3)
         order by ${idColumn} desc limit $4`,
        [tenantId, key ?? null, page.after ?? null, page.limit + 1],
      );
      return toPage(rows, page.limit, ({ id }) => id);
    },
    insert: async (tx, made) => {
      const { rowCount } = await tx.query(
        `insert into ${table} (${idColumn}, tenant_id, ${keyColumn}, version, settings, changed_by)
         values ($1, $2, $3, 1, $4, $5) on conflict (tenant_id, ${keyColumn}) where deleted_at is null do nothing`,
        [made.id, made.tenantId, made.key, made.settings, made.changedBy],
      );
      if (rowCount === 0) throw appError('name_taken', names.taken(made.key));
      await insertVersion(tx, { ...made, version: 1 });
    },
    save: async (tx, { id, version }, change) => {
      await tx.query(
        `update ${table} set version = $2, settings = $3, changed_by = $4, changed_at = now() where ${idColumn} = $1`,
        [id, version + 1, change.settings, change.changedBy],
      );
      await insertVersion(tx, { ...change, id, version: version + 1 });
    },
    remove: async (tx, id, by) => {
      await tx.query(
        `update ${table} set deleted_at = now(), changed_by = $2, changed_at = now() where ${idColumn} = $1`,
        [id, by],
      );
    },
    versions: async (db, id) => {
      const { rows } = await db.query<PastVersion<Settings>>(
        `select version, settings, changed_by as "changedBy", changed_at as "changedAt"
         from ${tableOfVersions} where ${idColumn} = $1 order by version desc limit 1000`,
        [id],
      );
      return rows;
    },
  };
}

type PastRow<Settings> = Omit<PastVersion<Settings>, 'changedAt'> & { readonly id: string };
