import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inTransaction, type Db } from './db.js';

export interface LowLogin {
  /** Of the owner. */
  readonly databaseUrl: string;
  readonly name: string;
}

/**
 * Makes a login that is a member of `terrace_api` and of nothing more, or gives the one there a new password; returns the
 * URL with it. The password is kept nowhere: one process at a time may use a name.
 */
export async function lowLoginUrl(db: Db, { databaseUrl, name }: LowLogin): Promise<string> {
  const password = randomBytes(24).toString('base64url');
  const [role, secret] = [pg.escapeIdentifier(name), pg.escapeLiteral(password)];
  await inTransaction(db, async (tx) => {
    const { rows } = await tx.query('select 1 from pg_roles where rolname = $1', [name]);
    const verb = rows.length === 0 ? 'create' : 'alter';
    // Statements about roles take no parameters.
    const statement = `${verb} role ${role} login password ${secret}`;
    await tx.query(statement);
    const membership = `grant terrace_api to ${role}`;
    await tx.query(membership);
  });
  const url = new URL(databaseUrl);
  url.username = name;
  url.password = password;
  return url.href;
}
