import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Db } from '../db/db.js';
import { appError } from '../errors/app-error.js';
import type { Keyring } from './envelope.js';

/** The key in TERRACE_HOME, made on first use; the file holds 32 bytes in base64 and only its owner may read it. */
export async function loadOrCreateKey(home: string): Promise<Buffer> {
  const path = join(home, 'state-encryption-key');
  const made = randomBytes(32).toString('base64');
  await writeFile(path, `${made}\n`, { mode: 0o600, flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  const key = Buffer.from((await readFile(path, 'utf8')).trim(), 'base64');
  if (key.length !== 32)
    throw appError('wrong_encryption_key', `the key file state-encryption-key in TERRACE_HOME is not 32 bytes in base64`);
  return key;
}

const canary = 'terrace';
const context = 'fact:encryption_canary';

/** Proves at start that the key is the one this database was encrypted with; the first start plants the proof. */
export async function proveKey(db: Db, keyring: Keyring): Promise<void> {
  await db.query(`insert into facts (name, value) values ('encryption_canary', $1) on conflict do nothing`, [
    keyring.encrypt(canary, context),
  ]);
  const { rows } = await db.query<{ value: Buffer }>(`select value from facts where name = 'encryption_canary'`);
  try {
    keyring.decrypt(rows[0]!.value, context);
  } catch (error) {
    throw appError(
      'wrong_encryption_key',
      'STATE_ENCRYPTION_KEY is not the key this database was encrypted with; restore the former key',
      { cause: error },
    );
  }
}
