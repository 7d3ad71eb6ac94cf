/** What has an environment's names on a PostgreSQL server of many. */
import { askServer, type AskedServer } from '../db/ask-server.js';
import { codeOf } from '../errors/error-code.js';
import { stableNameTail } from '../spec/names.js';
import { silence, type Look } from './search.js';

/** Everybody who may sign in may read these. */
const question = `
  select 'postgresql_database' as type, datname as id from pg_database where datname ~ $1
  union all select 'postgresql_schema', nspname from pg_namespace where nspname ~ $1
  union all select 'postgresql_role', rolname from pg_roles where rolname ~ $1
  order by 1, 2`;

/** Databases and roles of the server, and schemas of the one database; each by the end that all names of the environment have. */
export async function lookInDatabase(server: AskedServer, environmentId: string): Promise<Look> {
  try {
    const rows = await askServer(server, question, [`[-_]${stableNameTail(environmentId)}$`]);
    return { found: rows.map(({ type, id }) => ({ type: String(type), id: String(id) })), retained: [] };
  } catch (error) {
    return { found: [], retained: [], refused: refusal(error) };
  }
}

function refusal(error: unknown): string {
  const code = codeOf(error);
  if (String(code).startsWith('28'))
    return 'it refuses the login that is kept for it: correct that in DATABASE_LOGINS_FOLDER';
  if (code === '3D000') return 'it has no such database: look by hand for roles that are left';
  if (/does not support SSL/.test(String(error)))
    return 'it takes no TLS, which the environment asks for: correct sslmode, or the server';
  return `${silence(error)}: see that it runs and that workers reach it`;
}
