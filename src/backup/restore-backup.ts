import { proveKey } from '../crypto/canary-store.js';
import type { Keyring } from '../crypto/envelope.js';
import { inTransaction, type Db, type Tx } from '../db/db.js';
import { knownVersions, migrateIn } from '../db/migrate.js';
import { appError, type AppError } from '../errors/app-error.js';
import { skipPositions } from '../event/event-store.js';
import { canonicalJson } from '../lib/canonical-json.js';
import {
  backupFormat,
  openBackupFile,
  otherKey,
  type BackupHeader,
  type BackupReader,
} from './backup-file.js';
import { keptTables } from './backup-store.js';
import { endPast } from './end-past.js';
import { describeDatabase, emptyDatabase, fillTable, openTables, setSequences } from './restore-store.js';

export interface RestoreBackup {
  readonly db: Db;
  readonly keyring: Keyring;
  readonly path: string;
  /** Name of the database that may be emptied. @default it has to be empty */
  readonly force?: string | undefined;
}

export interface RestoredBackup {
  readonly header: BackupHeader;
  readonly database: string;
  readonly rows: number;
  /** Runs that were in a worker's hands. */
  readonly interrupted: number;
  /** Runs whose plan was ended, for a new one to be made. */
  readonly outdated: readonly string[];
}

/** More than may be given between a backup and the loss of what it was taken of. */
const beyond = 1_000_000;

/** The header of a backup that this code and this machine can restore. Throws `backup_refused`, `database_too_new`, `wrong_encryption_key`. */
export async function readHeader(path: string, hasKey: boolean): Promise<BackupHeader> {
  const file = await openBackupFile(path);
  await file.close();
  await assertFits(path, file.header);
  if (!hasKey) throw otherKey(path, file.header.key_ids[0] ?? '', 'this machine has none');
  return file.header;
}

async function assertFits(path: string, { schema_versions: versions }: BackupHeader): Promise<void> {
  const known = await knownVersions();
  if (versions.some((version) => !known.includes(version)))
    throw appError(
      'database_too_new',
      `${path} has schema version ${versions.at(-1)}, this Terrace knows ${known.at(-1)}: restore it with the newer Terrace`,
    );
}

/**
 * Brings a database to what the backup holds, in one transaction: all of it, or nothing. What was under way then is ended or
 * handed to the next worker. Throws what `readHeader` throws, and `database_not_empty`.
 */
export async function restoreBackup({ db, keyring, path, force }: RestoreBackup): Promise<RestoredBackup> {
  const file = await openBackupFile(path);
  const { header } = file;
  try {
    await assertFits(path, header);
    return await inTransaction(db, async (tx) => {
      await tx.query('set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0');
      const database = await makeRoom(tx, force);
      await migrateIn(tx, { only: header.schema_versions });
      const rows = await fill(tx, file, { keyring, path });
      await migrateIn(tx);
      await proveKey(tx, keyring);
      await skipPositions(tx, beyond);
      return { header, database, rows, ...(await endPast(tx, header)) };
    });
  } finally {
    await file.close();
  }
}

async function makeRoom(tx: Tx, force: string | undefined): Promise<string> {
  const { name, tables, connections } = await describeDatabase(tx);
  if (tables === 0) return name;
  if (force !== name)
    throw appError(
      'database_not_empty',
      `database ${name} is not empty, it has ${tables} tables: restore into an empty one, or repeat with --force ${name} to remove all that is in it first`,
    );
  if (connections > 0)
    throw appError(
      'database_not_empty',
      `database ${name} is in use, Terrace has ${connections} connections to it: stop every process of Terrace first`,
    );
  await emptyDatabase(tx);
  return name;
}

async function fill(
  tx: Tx,
  file: BackupReader,
  { keyring, path }: Pick<RestoreBackup, 'keyring' | 'path'>,
): Promise<number> {
  const tables = await keptTables(tx);
  const close = await openTables(tx, tables);
  const filled: Record<string, number> = {};
  const blocks = file.rows(keyring);
  for (;;) {
    const { done, value } = await blocks.next();
    if (done) {
      const told = Object.fromEntries(Object.entries(value.tables).filter(([, count]) => count > 0));
      if (canonicalJson(filled) !== canonicalJson(told)) throw wrongCount(path);
      await setSequences(tx, value.sequences, beyond);
      await close();
      return Object.values(filled).reduce((sum, count) => sum + count, 0);
    }
    const table = tables.find(({ name }) => name === value.table);
    if (table === undefined) throw wrongCount(path);
    filled[table.name] = (filled[table.name] ?? 0) + (await fillTable(tx, table, value.json));
  }
}

function wrongCount(path: string): AppError {
  return appError(
    'backup_refused',
    `${path} does not hold what it says (backup format ${backupFormat}): take another backup`,
  );
}
