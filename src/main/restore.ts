/** `npm run restore -- FILE`: brings an empty database to what a backup holds. Terrace is started afterwards. */
import { goOn } from '../backup/go-on.js';
import { readHeader, restoreBackup } from '../backup/restore-backup.js';
import { readConfig } from '../config/config.js';
import { hasKey, loadKeyring } from '../crypto/key-file.js';
import { startEmbeddedPostgres } from '../db/embedded.js';
import { createPool } from '../db/pool.js';
import { createLog } from '../log/log.js';
import { runCommand, say } from './command.js';

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
    const log = createLog(config.LOG_LEVEL, 'terrace-restore');
    // Before the database is made, and before a key is made where there is none.
    await readHeader(path, await hasKey(config));
    const keyring = await loadKeyring(config);
    const embedded =
      config.DATABASE_URL === undefined ? await startEmbeddedPostgres({ home: config.home, log }) : undefined;
    const url = embedded?.url ?? config.DATABASE_URL ?? '';
    const db = createPool(url, { max: 1, applicationName: 'terrace-restore', log });
    try {
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
    } finally {
      await db.end();
      await embedded?.stop();
    }
  },
});
