/** `npm run backup -- FILE`: writes all that Terrace knows into one sealed file, while the servers work on. */
import { takeBackup } from '../backup/take-backup.js';
import { readConfig } from '../config/config.js';
import { proveKey } from '../crypto/canary-store.js';
import { loadKeyring } from '../crypto/key-file.js';
import { shareEmbeddedPostgres } from '../db/embedded-shared.js';
import { migrate } from '../db/migrate.js';
import { listLeftFiles } from '../state/left-files.js';
import { runCommand, say, withDatabase } from './command.js';

const help = `npm run backup -- FILE
Writes a backup of Terrace into FILE, which must not be there yet. Settings are those of the server: TERRACE_HOME, or
DATABASE_URL with STATE_ENCRYPTION_KEY. It may run while Terrace works. The key is not in FILE: keep it elsewhere.`;

await runCommand({
  name: 'back up',
  help,
  run: async (path) => {
    const config = readConfig();
    const database = {
      config,
      name: 'terrace-backup',
      connections: 1,
      embedded: shareEmbeddedPostgres,
    };
    await withDatabase(database, async (db) => {
      await migrate(db);
      const keyring = await loadKeyring(config);
      await proveKey(db, keyring);
      const { header, rows, sizeBytes } = await takeBackup({ db, keyring, path });
      say(`${path}: ${rows} rows, ${sizeBytes} bytes, schema version ${header.schema_versions.at(-1)}`);
      for (const file of await listLeftFiles(config.home))
        say(
          `not in it: ${file.path}, a state of ${file.runId} that no worker has handed in yet; copy it, too`,
        );
      say(`to restore it, this key is needed too, which is not in it: ${header.key_ids.join(', ')}`);
    });
  },
});
