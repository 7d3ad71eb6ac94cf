/** Reads and replaces sealed bytes of any column that is listed in `sealed-columns.ts`. */
import type { Queryable } from '../db/db.js';
import type { SealedColumn } from './sealed-columns.js';

export interface SealedRow {
  /** The columns of the key and of the context, as texts. */
  readonly values: Readonly<Record<string, string>>;
}

/** Form and key id, nonce, tag: no two sealed texts begin alike. */
const headBytes = 37;

/** Rows after that key whose bytes another key than this one has sealed, in the order of their keys. */
export async function rowsOfOtherKeys(
  db: Queryable,
  sealed: SealedColumn,
  page: { readonly keyId: string; readonly after: readonly string[]; readonly limit: number },
): Promise<SealedRow[]> {
  const { table, column, keyColumns, contextColumns = [] } = sealed;
  const columns = [...keyColumns, ...contextColumns].map((name) => `'${name}', ${name}::text`).join(', ');
  const order = keyColumns.map((name) => `${name}`).join(', ');
  const whereAfter = `(${order}) > (${keyColumns.map((_, at) => `$${at + 3}`).join(', ')})`;
  const { rows } = await db.query<SealedRow>(
    `select json_build_object(${columns}) as values from ${table}
     where ${column} is not null and substring(${column} from 2 for 8) <> decode($1, 'hex') and ${whereAfter}
     order by ${order} limit $2`,
    [page.keyId, page.limit, ...page.after],
  );
  return rows;
}

/** The sealed bytes of a row, or undefined when it has gone. */
export async function readSealed(
  db: Queryable,
  sealed: SealedColumn,
  row: SealedRow,
): Promise<Buffer | undefined> {
  const { table, column } = sealed;
  const { where, keys } = keyOf(sealed, row, 1);
  const { rows } = await db.query<{ bytes: Buffer | null }>(
    `select ${column} as bytes from ${table} where ${where}`,
    keys,
  );
  return rows[0]?.bytes ?? undefined;
}

/** Puts bytes in the place of others; false when somebody else has written there since. */
export async function replaceSealed(
  db: Queryable,
  sealed: SealedColumn,
  change: {
    readonly row: SealedRow;
    readonly from: Buffer;
    readonly to: Buffer;
    readonly keyId: string;
  },
): Promise<boolean> {
  const { table, column, keyIdColumn } = sealed;
  const { where, keys } = keyOf(sealed, change.row, 4);
  const otherColumns = keyIdColumn === undefined ? '' : `, ${keyIdColumn} = $3`;
  const { rowCount } = await db.query(
    `update ${table} set ${column} = $1${otherColumns}
     where substring(${column} from 1 for 37) = $2 and $3 <> '' and ${where}`,
    [change.to, change.from.subarray(0, headBytes), change.keyId, ...keys],
  );
  return rowCount === 1;
}

function keyOf({ keyColumns }: SealedColumn, { values }: SealedRow, first: number) {
  return {
    where: keyColumns.map((name, at) => `${name} = $${at + first}`).join(' and '),
    keys: keyColumns.map((name) => values[name]),
  };
}
