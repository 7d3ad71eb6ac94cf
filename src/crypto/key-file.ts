import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Db } from '../db/db.js';
import { appError } from '../errors/app-error.js';
import { wrongKeyText, type Keyring } from './envelope.js';

const fileName = 'state-encryption-key';
const canaryName = 'encryption_canary';
const canaryContext = 'canary';

/**
 * The 32-byte key kept in base64 in TERRACE_HOME/state-encryption-key (0600), made when missing. Processes that start at
 * once get the same key. Throws `home_unwritable`, and `invalid_settings` when the file holds no key.
 */
export async function loadOrCreateKey(home: string): Promise<Buffer> {
  const path = join(home, fileName);
  const stored = await readIfThere(path);
  if (stored !== undefined) return parseKey(stored);
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  try {
    await mkdir(home, { recursive: true, mode: 0o700 });
    await writeFile(draft, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600, flush: true });
    // A link, unlike a rename, fails when another process was faster: a key in use is never replaced.
    await link(draft, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  } catch (cause) {
    throw appError(
      'home_unwritable',
      `TERRACE_HOME ${home} cannot be written: change its owner, or set another`,
      { cause },
    );
  } finally {
    await rm(draft, { force: true }).catch(() => undefined);
  }
  return parseKey(await readFile(path, 'utf8'));
}

/**
 * Proves at start that the keyring opens what this database holds, by a canary that the first start leaves there.
 * Throws `wrong_encryption_key`. A canary of a former key is sealed anew with the current one.
 */
export async function proveKey(db: Db, keyring: Keyring): Promise<void> {
  const fresh = keyring.encrypt('terrace', canaryContext);
  await db.query('insert into facts (name, value) values ($1, $2) on conflict do nothing', [
    canaryName,
    fresh,
  ]);
  const { rows } = await db.query<{ value: Buffer }>('select value from facts where name = $1', [canaryName]);
  const stored = rows[0]?.value;
  if (stored === undefined || !opens(keyring, stored)) throw appError('wrong_encryption_key', wrongKeyText);
  if (!stored.subarray(1, 9).equals(fresh.subarray(1, 9)))
    await db.query('update facts set value = $2 where name = $1', [canaryName, fresh]);
}

function opens(keyring: Keyring, sealed: Buffer): boolean {
  try {
    return keyring.decrypt(sealed, canaryContext).toString() === 'terrace';
  } catch {
    return false;
  }
}

function parseKey(text: string): Buffer {
  const key = Buffer.from(text.trim(), 'base64');
  if (key.length !== 32)
    throw appError(
      'invalid_settings',
      `TERRACE_HOME/${fileName} holds no key of 32 bytes in base64: restore the file`,
    );
  return key;
}

async function readIfThere(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw appError(
      'home_unwritable',
      `TERRACE_HOME/${fileName} cannot be read (${error.code}): change its owner`,
      { cause: error },
    );
  });
}
