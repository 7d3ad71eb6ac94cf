import pg from 'pg';
import type { Log } from '../log/log.js';
import { translateDbError } from './translate.js';

export type DbPool = pg.Pool;

export interface PoolProps {
  /** Most connections held at once. @default 10 */
  readonly max?: number;
  /** Shown in pg_stat_activity. @default terrace */
  readonly applicationName?: string;
  /** Limit of one statement. @default 30000 */
  readonly statementTimeoutMs?: number;
  /** Every session gives up its login's rights for this role's. */
  readonly role?: string;
  /** Told when an idle connection breaks; it is replaced by itself. */
  readonly log?: Log;
}

const int8 = 20;
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text') =>
    oid === int8 ? parseInt8 : pg.types.getTypeParser(oid, format)) as pg.CustomTypesConfig['getTypeParser'],
};

/**
 * A pool whose sessions run in UTC, whose waits all end, and whose int8 columns are numbers (they throw past 2^53).
 * Connection faults reject as AppError `database_unavailable`, whether of the pool or inside `inTransaction`.
 */
export function createPool(url: string, props: PoolProps = {}): DbPool {
  const pool = new pg.Pool({
    connectionString: url,
    max: props.max ?? 10,
    application_name: props.applicationName ?? 'terrace',
    connectionTimeoutMillis: 5_000,
    statement_timeout: props.statementTimeoutMs ?? 30_000,
    lock_timeout: 10_000,
    idle_in_transaction_session_timeout: 60_000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    options: props.role === undefined ? '-c timezone=UTC' : `-c timezone=UTC -c role=${props.role}`,
    types,
    Client: PreparingClient,
  });
  pool.on('error', (error) =>
    props.log?.warn({ detail: error.message }, 'an idle database connection broke'),
  );
  // A client that breaks while checked out says so twice; unheard, the second time would end the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  for (const name of ['query', 'connect'] as const) translateRejections(pool, name);
  return pool;
}

const statementNames = new Map<string, string>();
const mostStatements = 1_000;

/** Statements with values are prepared once a connection: PostgreSQL parses, and soon also plans, each but once. */
class PreparingClient extends pg.Client {
  override query(...args: unknown[]): never {
    const [text, values, ...rest] = args;
    const given =
      typeof text === 'string' && Array.isArray(values)
        ? [{ name: nameOf(text), text, values }, ...rest]
        : args;
    return (super.query as (...all: unknown[]) => never).apply(this, given);
  }
}

/** Undefined for a text beyond the most that are kept: texts are few, unless one is put together from parts. */
function nameOf(text: string): string | undefined {
  const known = statementNames.get(text);
  if (known !== undefined || statementNames.size >= mostStatements) return known;
  const name = `s${statementNames.size}`;
  statementNames.set(text, name);
  return name;
}

function translateRejections(pool: pg.Pool, name: 'query' | 'connect'): void {
  const original = pool[name].bind(pool) as (...args: unknown[]) => unknown;
  const translated = (...args: unknown[]) => {
    const result = original(...args);
    if (!(result instanceof Promise)) return result;
    return result.catch((error: unknown) => {
      throw translateDbError(error);
    });
  };
  Object.defineProperty(pool, name, { value: translated });
}

function parseInt8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new Error(`int8 ${text} does not fit a number`);
  return value;
}
