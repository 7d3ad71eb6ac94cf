/**
 * States that an apply left while the database was away: sealed, in `left-states` of TERRACE_HOME, one file for each, until a
 * worker of this machine hands them in.
 */
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Keyring } from '../crypto/envelope.js';
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
  const path = join(folder, `${owner.runId}.${owner.epoch}.${sha256(body).slice(0, 16)}`);
  const draft = `${path}.draft`;
  await onDisk('TERRACE_HOME', async () => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(draft, keyring.encrypt(body, context(owner)), { mode: 0o600, flush: true });
    await rename(draft, path);
  });
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
  const sealed = await readFile(file.path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return sealed && keyring.decrypt(sealed, context(file));
}

export async function removeLeftFile({ path }: LeftFile): Promise<void> {
  await rm(path, { force: true });
}
