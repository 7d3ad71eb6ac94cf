/*
 * The form of a backup:
 *   `terrace-backup\n` | block: header, JSON in clear | sealed blocks | sealed block: how many rows there are of each table
 * A block is its length (4 bytes, big-endian) and its bytes. A sealed one is packed by gzip, then sealed by the encryption key
 * with the header's SHA-256 and the block's number as context: blocks cannot be read, altered, left out or exchanged without it.
 */
import { link, open, rm, stat, type FileHandle } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { z } from 'zod';
import type { Keyring } from '../crypto/envelope.js';
import { appError, AppError } from '../errors/app-error.js';
import { sha256 } from '../lib/hash.js';

const mark = Buffer.from('terrace-backup\n');
export const backupFormat = 1;

const headerForm = z.object({
  format: z.int(),
  backup_id: z.string(),
  taken_at: z.iso.datetime(),
  schema_versions: z.array(z.int()).min(1),
  /** Of the key that sealed the file, then of others that seal something in it. */
  key_ids: z.array(z.string()).min(1),
});
export type BackupHeader = z.output<typeof headerForm>;

/** Rows of one table, as a JSON array of objects: never parsed here, so that numbers keep all their digits. */
export interface Rows {
  readonly table: string;
  readonly count: number;
  readonly json: string;
}

const rowsForm = z.object({ table: z.string(), count: z.int() });
const endForm = z.object({
  tables: z.record(z.string(), z.int()),
  sequences: z.record(z.string(), z.string()),
});
/** What the last block says: rows of each table, and the last value of each sequence that has one. */
export type BackupEnd = z.output<typeof endForm>;

export interface BackupWriter {
  add(rows: Rows): Promise<void>;
  /** Writes the end, waits for the disk, gives the file its name. Returns its size. */
  finish(end: BackupEnd): Promise<number>;
  /** Removes what there is of an unfinished file. */
  discard(): Promise<void>;
}

/** Begins a file, readable by its owner only; it gets its name when it is whole. Throws `backup_refused`. */
export async function writeBackupFile(
  path: string,
  header: BackupHeader,
  keyring: Keyring,
): Promise<BackupWriter> {
  if (await isThere(path)) throw refused(`${path} is there already: name another file`);
  const draft = `${path}.part-${process.pid}`;
  const head = Buffer.from(JSON.stringify(header));
  const seal = sealing(head);
  const file = await told(path, open(draft, 'wx', 0o600));
  let number = 0;
  const write = (bytes: Buffer) => told(path, file.writeFile(bytes));
  const writeSealed = async (text: string) => {
    const packed = await promisify(gzip)(text, { level: 3 });
    await write(block(keyring.encrypt(packed, seal(number++))));
  };
  await write(Buffer.concat([mark, block(head)]));
  return {
    add: ({ json, ...rows }) => writeSealed(`${JSON.stringify(rows)}\n${json}`),
    finish: async (end) => {
      await writeSealed(`${JSON.stringify(end)}\n`);
      const { size } = await file.stat();
      await told(path, file.sync());
      await file.close();
      // A link, unlike a rename, replaces nothing.
      await told(path, link(draft, path));
      await rm(draft);
      return size;
    },
    discard: async () => {
      await file.close().catch(() => undefined);
      await rm(draft, { force: true });
    },
  };
}

export interface BackupReader {
  readonly header: BackupHeader;
  /** All blocks in order; throws `wrong_encryption_key`, and `backup_refused` for a file that was cut off or altered. */
  rows(keyring: Keyring): AsyncGenerator<Rows, BackupEnd>;
  close(): Promise<void>;
}

/** Opens a file and reads its header. Throws `backup_refused`. */
export async function openBackupFile(path: string): Promise<BackupReader> {
  const file = await open(path).catch((error: NodeJS.ErrnoException) => {
    throw refused(`${path} cannot be read (${error.code}): name a backup`);
  });
  try {
    const reader = blocksOf(path, file);
    const head = (await reader.take(mark.length).catch(() => Buffer.alloc(0))).equals(mark)
      ? await reader.next()
      : Buffer.alloc(0);
    const parsed = headerForm.safeParse(jsonOf(head.toString()));
    const format = z.object({ format: z.int() }).safeParse(jsonOf(head.toString())).data?.format;
    if (format !== undefined && format > backupFormat)
      throw refused(
        `${path} has backup format ${format}, this Terrace reads ${backupFormat}: restore it with the newer Terrace`,
      );
    if (!parsed.success) throw refused(`${path} is no backup of Terrace`);
    return {
      header: parsed.data,
      rows: (keyring) => openRows({ path, head, reader, keyring, keyId: parsed.data.key_ids[0] ?? '' }),
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

interface Opening {
  readonly path: string;
  readonly head: Buffer;
  readonly reader: Blocks;
  readonly keyring: Keyring;
  readonly keyId: string;
}

async function* openRows({ path, head, reader, keyring, keyId }: Opening): AsyncGenerator<Rows, BackupEnd> {
  const seal = sealing(head);
  for (let number = 0; ; number++) {
    const sealed = await reader.next();
    let text: string;
    try {
      text = (await promisify(gunzip)(keyring.decrypt(sealed, seal(number)))).toString();
    } catch (error) {
      if (error instanceof AppError && error.code === 'wrong_encryption_key' && number === 0)
        throw otherKey(path, keyId, `this machine has ${keyring.keyId}`);
      throw refused(`${path} was altered: block ${number} does not open; take another copy of it`);
    }
    const at = text.indexOf('\n');
    const first = jsonOf(text.slice(0, at));
    const end = endForm.safeParse(first);
    if (!end.success) yield { ...rowsForm.parse(first), json: text.slice(at + 1) };
    else if (await reader.isOver()) return end.data;
    else throw refused(`${path} was altered: something is behind its end; take another copy of it`);
  }
}

/** Throws this for a file that this machine has not the key of. */
export function otherKey(path: string, keyId: string, have: string): AppError {
  return appError(
    'wrong_encryption_key',
    `${path} was sealed with key ${keyId}, ${have}: put that key into TERRACE_HOME/state-encryption-key, or set STATE_ENCRYPTION_KEY`,
  );
}

interface Blocks {
  take(length: number): Promise<Buffer>;
  next(): Promise<Buffer>;
  isOver(): Promise<boolean>;
}

function blocksOf(path: string, file: FileHandle): Blocks {
  let at = 0;
  const left = async () => (await file.stat()).size - at;
  const take = async (length: number): Promise<Buffer> => {
    // Asked before the memory is taken: a length may be anything in a file that was altered.
    if (length > (await left())) throw refused(`${path} ends early: it was cut off; take another copy of it`);
    const bytes = Buffer.alloc(length);
    for (let done = 0; done < length;) {
      const { bytesRead } = await file.read(bytes, done, length - done, at + done);
      if (bytesRead === 0) throw refused(`${path} ends early: it was cut off; take another copy of it`);
      done += bytesRead;
    }
    at += length;
    return bytes;
  };
  return {
    take,
    next: async () => take((await take(4)).readUInt32BE()),
    isOver: async () => (await left()) === 0,
  };
}

function sealing(head: Buffer): (number: number) => string {
  const digest = sha256(head);
  return (number) => `backup:${digest}:${number}`;
}

function block(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

async function told<T>(path: string, work: Promise<T>): Promise<T> {
  return work.catch((error: NodeJS.ErrnoException) => {
    throw refused(`${path} cannot be written (${error.code}): make room, or name another file`);
  });
}

function refused(message: string): AppError {
  return appError('backup_refused', message);
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
