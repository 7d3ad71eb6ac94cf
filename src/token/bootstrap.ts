import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Queryable } from '../db/db.js';
import { newId } from '../lib/ids.js';
import { findTokenByHash, insertToken } from './token-store.js';
import { hashToken, newTokenText } from './token.js';

/**
 * The first admin token, in the file `token` of `home`, mode 0600. The one in the file is kept while the database knows it;
 * a lost file or a new database gets a new token. Returns the path of the file.
 */
export async function bootstrapAdminToken(db: Queryable, home: string): Promise<string> {
  const path = join(home, 'token');
  const kept = await readToken(path);
  if (kept !== '' && (await findTokenByHash(db, hashToken(kept))) !== undefined) return path;
  const text = newTokenText();
  const stored = {
    tokenId: newId('token'),
    name: 'bootstrap',
    role: 'admin',
    tenantId: null,
    expiresAt: null,
  } as const;
  await insertToken(db, { ...stored, tokenHash: hashToken(text) });
  const temporary = `${path}.${randomBytes(4).toString('hex')}`;
  await writeFile(temporary, `${text}\n`, { mode: 0o600, flag: 'wx' });
  await rename(temporary, path);
  return path;
}

async function readToken(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}
