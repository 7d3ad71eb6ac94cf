import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { appError } from '../errors/app-error.js';
import { homeFault } from '../errors/disk-full.js';
import { createKeyring, type Keyring } from './envelope.js';

const fileName = 'state-encryption-key';

/**
 * The 32-byte key kept in base64 in TERRACE_HOME/state-encryption-key (0600), made when missing. Processes that start at
 * once get the same key. Throws `home_unwritable` or `disk_full`, and `invalid_settings` when the file holds no key.
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
    throw homeFault(home, cause);
  } finally {
    await rm(draft, { force: true }).catch(() => undefined);
  }
  return parseKey(await readFile(path, 'utf8'));
}

/**
 * The keys that the settings and TERRACE_HOME name. Without STATE_ENCRYPTION_KEY the current one is in the key file, and the one
 * that was replaced is in `state-encryption-key.previous` until its rotation is done.
 */
export async function loadKeyring(settings: KeySettings): Promise<Keyring> {
  const { home, STATE_ENCRYPTION_KEY: given } = settings;
  const former = settings.STATE_ENCRYPTION_KEY_PREVIOUS.map((text) => Buffer.from(text, 'base64'));
  if (given !== undefined) return createKeyring({ current: Buffer.from(given, 'base64'), former });
  const replaced = await readIfThere(join(home, `${fileName}.previous`));
  return createKeyring({
    current: await loadOrCreateKey(home),
    former: [...former, ...(replaced === undefined ? [] : [parseKey(replaced)])],
  });
}

/** Whether there is a key, given or in its file; makes none. */
export async function hasKey({ home, STATE_ENCRYPTION_KEY: given }: KeySettings): Promise<boolean> {
  return given !== undefined || (await readIfThere(join(home, fileName))) !== undefined;
}

export interface KeySettings {
  readonly home: string;
  /** 32 bytes in base64, as are the previous ones. */
  readonly STATE_ENCRYPTION_KEY?: string | undefined;
  readonly STATE_ENCRYPTION_KEY_PREVIOUS: readonly string[];
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
