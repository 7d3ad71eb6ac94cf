import { sealingKeyIds } from '../crypto/canary-store.js';
import type { Keyring } from '../crypto/envelope.js';
import { inTransaction, type Db } from '../db/db.js';
import { newId } from '../lib/ids.js';
import { writeBackupFile, backupFormat, type BackupHeader } from './backup-file.js';
import { appliedVersions, keptTables, lastValues, readRows } from './backup-store.js';

export interface TakeBackup {
  readonly db: Db;
  readonly keyring: Keyring;
  /** Must not be there yet. */
  readonly path: string;
}

export interface TakenBackup {
  readonly header: BackupHeader;
  readonly rows: number;
  readonly sizeBytes: number;
}

/** About how much text of rows goes into one block. */
const blockLength = 2 ** 20;

/** Writes all that Terrace knows, as of one moment, while it works on. Throws `backup_refused`. */
export async function takeBackup({ db, keyring, path }: TakeBackup): Promise<TakenBackup> {
  return inTransaction(db, async (tx) => {
    await tx.query('set transaction isolation level repeatable read, read only');
    await tx.query('set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0');
    const header: BackupHeader = {
      format: backupFormat,
      backup_id: newId('backup'),
      taken_at: new Date().toISOString(),
      schema_versions: await appliedVersions(tx),
      key_ids: [...new Set([keyring.keyId, ...(await sealingKeyIds(tx))])],
    };
    const file = await writeBackupFile(path, header, keyring);
    try {
      const tables: Record<string, number> = {};
      for (const table of await keptTables(tx)) {
        let waiting: string[] = [];
        let length = 0;
        const write = async () => {
          await file.add({ table: table.name, count: waiting.length, json: `[${waiting.join(',')}]` });
          waiting = [];
          length = 0;
        };
        tables[table.name] = 0;
        for await (const rows of readRows(tx, table)) {
          waiting.push(...rows);
          tables[table.name] = (tables[table.name] ?? 0) + rows.length;
          length += rows.reduce((sum, row) => sum + row.length, 0);
          if (length >= blockLength) await write();
        }
        if (waiting.length > 0) await write();
      }
      const sizeBytes = await file.finish({ tables, sequences: await lastValues(tx) });
      return { header, rows: Object.values(tables).reduce((sum, count) => sum + count, 0), sizeBytes };
    } catch (error) {
      await file.discard();
      throw error;
    }
  });
}
