import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../src/config/config.js';
import { loginFor, type DatabaseLogin } from '../src/credentials/pgpass.js';
import type { Redactor } from '../src/log/redactor.js';
import type { DatabaseServer } from '../src/terraform/stack-servers.js';

export interface LoginProps {
  readonly config: Pick<Config, 'DATABASE_LOGINS_FOLDER'>;
  readonly redactor: Pick<Redactor, 'add'>;
  readonly tenantId: string;
}

/** What to do where there is no login of a server. */
export const loginRemedy = `add a line for it to the tenant's file in DATABASE_LOGINS_FOLDER of the workers`;

/** The operator's login of a shared server for one tenant, its password known to the redactor; undefined = there is none. */
export async function readDatabaseLogin(
  { config, redactor, tenantId }: LoginProps,
  server: DatabaseServer,
): Promise<DatabaseLogin | undefined> {
  const folder = config.DATABASE_LOGINS_FOLDER;
  if (folder === undefined) return undefined;
  const file = await readFile(join(folder, tenantId), 'utf8').catch(() => '');
  const login = loginFor(file, server);
  if (login !== undefined) redactor.add(login.password);
  return login;
}
