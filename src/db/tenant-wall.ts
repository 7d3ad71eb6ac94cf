/**
 * The second wall between tenants: whatever is asked for a caller who is bound to a tenant is asked by a database role that
 * row-level security binds to that tenant. Each session is told its tenant, with a proof that the role cannot make itself,
 * whenever it is taken from the pool.
 */
import { appError } from '../errors/app-error.js';
import { sha256 } from '../lib/hash.js';
import type { Log } from '../log/log.js';
import type { Db, Queryable } from './db.js';
import { lowLoginUrl } from './low-login.js';
import { createPool, type DbPool } from './pool.js';
import { translateDbError } from './translate.js';

/** The role that sees one tenant at most. */
export const lowRole = 'terrace_api';

export interface TenantWall {
  /** Sees and takes everything. */
  readonly db: Db;
  /** The database as that tenant may see it; null = all of it. */
  scopedDb(tenantId: string | null): Db;
  close(): Promise<void>;
}

export interface TenantWallProps {
  /** Of the owner of the tables. */
  readonly db: Db;
  /** Where `db` leads. */
  readonly databaseUrl: string;
  /** Of a login that is a member of the low role and of nothing more. */
  readonly lowUrl?: string | undefined;
  /** Makes such a login, named so, when there is no `lowUrl`; for a server that is Terrace's own. */
  readonly makeLogin?: string | undefined;
  readonly log?: Log;
}

/**
 * Opens the wall. Without a login of its own the owner's is used and gives its rights up at connect: that guards against
 * forgotten conditions, not against injected SQL. Throws `invalid_settings` for a login that could see more than one tenant.
 */
export async function openTenantWall(props: TenantWallProps): Promise<TenantWall> {
  const { db, databaseUrl, makeLogin, log } = props;
  const lowUrl = props.lowUrl ?? (makeLogin && (await lowLoginUrl(db, { databaseUrl, name: makeLogin })));
  const pool = createPool(lowUrl ?? databaseUrl, {
    max: 20,
    applicationName: 'terrace-api',
    log,
    ...(lowUrl === undefined ? { role: lowRole } : {}),
  });
  try {
    await refuseHighLogin(pool);
    const key = await readKey(db);
    return {
      db,
      scopedDb: (tenantId) => (tenantId === null ? db : scopedDb(pool, settingOf(key, tenantId))),
      close: () => pool.end(),
    };
  } catch (error) {
    await pool.end();
    throw error;
  }
}

async function refuseHighLogin(pool: DbPool): Promise<void> {
  const { rows } = await pool.query<{ name: string; high: boolean; member: boolean }>(
    `select rolname as name, rolsuper or rolbypassrls
       or exists (select 1 from pg_class c where c.relname = 'environments' and pg_has_role(current_user, c.relowner, 'usage')) as high,
       pg_has_role(current_user, $1, 'usage') as member
     from pg_roles where rolname = current_user`,
    [lowRole],
  );
  const login = rows[0];
  if (login?.member === true && !login.high) return;
  const fault = login?.high === true ? 'could see every tenant' : `is no member of ${lowRole}`;
  throw appError(
    'invalid_settings',
    `wrong settings: DATABASE_URL_API: ${login?.name} ${fault}; make a login with \`create role ... login in role ${lowRole}\``,
  );
}

async function readKey(db: Queryable): Promise<string> {
  const { rows } = await db.query<{ key: string }>('select key from wall_key');
  if (rows[0] === undefined) throw new Error('wall_key is empty');
  return rows[0].key;
}

/** What `terrace_tenant()` of the database takes for that tenant. */
function settingOf(key: string, tenantId: string): string {
  return `${tenantId} ${sha256(key + sha256(key + tenantId))}`;
}

function scopedDb(pool: DbPool, setting: string): Db {
  const connect = async () => {
    const client = await pool.connect();
    try {
      // As a value, not as text: the text of a statement can be seen in pg_stat_activity.
      await client.query(`select set_config('terrace.tenant', $1, false)`, [setting]);
      return client;
    } catch (error) {
      client.release(true);
      throw translateDbError(error);
    }
  };
  return {
    connect,
    query: async (text, values) => {
      const client = await connect();
      let broken = false;
      try {
        return await client.query(text, values);
      } catch (error) {
        const told = translateDbError(error);
        broken = told !== error;
        throw told;
      } finally {
        client.release(broken);
      }
    },
  };
}
