/** `npm run restore -- FILE`: brings an empty database to what a backup holds. Terrace is started afterwards. */
import { goOn } from '../backup/go-on.js';
import { readHeader, restoreBackup } from '../backup/restore-backup.js';
import { readConfig } from '../config/config.js';
import { hasKey, loadKeyring } from '../crypto/key-file.js';
import { startEmbeddedPostgres } from '../db/embedded.js';
import { runCommand, say, withDatabase } from './command.js';

const help = `npm run restore -- FILE [--force DATABASE]
Restores a backup into the empty database of TERRACE_HOME or DATABASE_URL; --force empties the one of that name first.
Put the key of the backup into TERRACE_HOME/state-encryption-key, or set STATE_ENCRYPTION_KEY. Terrace must not run, neither
here nor where the backup was taken: two that act on the same accounts know nothing of each other.`;

await runCommand({
  name: 'restore',
  help,
  options: ['force'],
  run: async (path, { force }) => {
    const config = readConfig();
    // Before the database is made, and before a key is made where there is none.
    await readHeader(path, await hasKey(config));
    const keyring = await loadKeyring(config);
    const target = {
      config,
      name: 'terrace-restore',
      connections: 1,
      embedded: startEmbeddedPostgres,
    };
    await withDatabase(target, async (db) => {
      const { header, database, rows, interrupted, outdated } = await restoreBackup({
        db,
        keyring,
        path,
        force,
      });
      say(`restored ${path} of ${header.taken_at} into database ${database}: ${rows} rows`);
      const { replanned, checked, refused } = await goOn(db, outdated);
      say(
        `when Terrace is started: ${interrupted} interrupted runs go on, ${replanned} plans are made anew, ${checked} environments are checked for drift`,
      );
      refused.forEach(say);
    });
  },
});
