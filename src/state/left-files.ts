/**
 * States that an apply left while the database was away: sealed, in `left-states` of TERRACE_HOME, one file for each, until a
 * worker of this machine hands them in.
 */
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sealedBy, type Keyring } from '../crypto/envelope.js';
import type { Round } from '../crypto/reseal.js';
import { onDisk } from '../errors/disk-full.js';
import { sha256 } from '../lib/hash.js';

export interface LeftFile {
  readonly runId: string;
  readonly epoch: number;
  readonly path: string;
}

type Owner = Pick<LeftFile, 'runId' | 'epoch'>;

const context = ({ runId, epoch }: Owner) => `left_file:${runId}:${epoch}`;
const form = /^(run_[a-z0-9]+)\.(\d+)\.[0-9a-f]{16}$/;
const folderOf = (home: string) => join(home, 'left-states');

/** Is on the disk, whole, when it returns. Throws `disk_full`. */
export async function writeLeftFile(
  { home, keyring }: { readonly home: string; readonly keyring: Keyring },
  { body, ...owner }: Owner & { readonly body: Buffer },
): Promise<void> {
  const folder = folderOf(home);
  await onDisk('TERRACE_HOME', () => mkdir(folder, { recursive: true, mode: 0o700 }));
  const path = join(folder, `${owner.runId}.${owner.epoch}.${sha256(body).slice(0, 16)}`);
  await put(path, keyring.encrypt(body, context(owner)));
}

async function put(path: string, sealed: Buffer): Promise<void> {
  const draft = `${path}.draft`;
  await onDisk('TERRACE_HOME', async () => {
    await writeFile(draft, sealed, { mode: 0o600, flush: true });
    await rename(draft, path);
  });
}

/**
 * Seals the files anew that a former key has sealed; a round of `resealAll`. A file that is handed in at the same moment may be
 * there once more: it is handed in again, and known by then. Throws `disk_full`.
 */
export async function resealLeftFiles(home: string, keyring: Keyring): Promise<Round> {
  const unopened: string[] = [];
  let met = 0;
  for (const file of await listLeftFiles(home)) {
    const sealed = await read(file);
    if (sealed === undefined || sealedBy(sealed) === keyring.keyId) continue;
    met += 1;
    let body: Buffer;
    try {
      body = keyring.decrypt(sealed, context(file));
    } catch (fault) {
      unopened.push(`${file.path}: ${fault instanceof Error ? fault.message : String(fault)}`);
      continue;
    }
    await put(file.path, keyring.encrypt(body, context(file)));
  }
  return { count: met - unopened.length, met, unopened };
}

export async function listLeftFiles(home: string): Promise<LeftFile[]> {
  const names = await readdir(folderOf(home)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return names.sort().flatMap((name) => {
    const [, runId, epoch] = form.exec(name) ?? [];
    return runId === undefined ? [] : [{ runId, epoch: Number(epoch), path: join(folderOf(home), name) }];
  });
}

/** The state in clear; undefined when another worker has handed it in meanwhile. */
export async function readLeftFile(keyring: Keyring, file: LeftFile): Promise<Buffer | undefined> {
  const sealed = await read(file);
  return sealed && keyring.decrypt(sealed, context(file));
}

async function read({ path }: LeftFile): Promise<Buffer | undefined> {
  return readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}

export async function removeLeftFile({ path }: LeftFile): Promise<void> {
  await rm(path, { force: true });
}
