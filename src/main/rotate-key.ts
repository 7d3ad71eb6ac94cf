/**
 * `npm run rotate-key`: seals everything anew with the current encryption key, while the servers work on. Exits 0 when nothing is
 * sealed by a former key any more, 1 when something could not be opened, 2 when it could not work at all.
 */
import { readConfig } from '../config/config.js';
import { proveKey } from '../crypto/canary-store.js';
import { loadKeyring } from '../crypto/key-file.js';
import { resealAll } from '../crypto/reseal.js';
import { shareEmbeddedPostgres } from '../db/embedded-shared.js';
import { migrate } from '../db/migrate.js';
import { toAppError } from '../errors/app-error.js';
import { resealLeftFiles } from '../state/left-files.js';
import { say, withDatabase } from './command.js';

async function rotate(): Promise<number> {
  const config = readConfig();
  const database = {
    config,
    name: 'terrace-rotate-key',
    connections: 2,
    embedded: shareEmbeddedPostgres,
  };
  return withDatabase(database, async (db) => {
    await migrate(db);
    const keyring = await loadKeyring(config);
    await proveKey(db, keyring);
    say(`sealing with key ${keyring.keyId}`);
    const { count, unopened } = await resealAll({
      db,
      keyring,
      onBatch: (name, done) => say(`${name}: ${done} sealed anew`),
      beside: () => resealLeftFiles(config.home, keyring),
    });
    for (const text of unopened) say(`cannot open ${text}`);
    say(
      unopened.length === 0
        ? `done: ${count} sealed anew, nothing is sealed by a former key`
        : `not done: ${count} sealed anew, ${unopened.length} cannot be opened: add their key to STATE_ENCRYPTION_KEY_PREVIOUS and run it again`,
    );
    return unopened.length === 0 ? 0 : 1;
  });
}

try {
  process.exitCode = await rotate();
} catch (thrown) {
  const { message, code, detail } = toAppError(thrown);
  process.stderr.write(
    `cannot rotate the key: ${message} (${code})${detail === undefined ? '' : `\n${detail}`}\n`,
  );
  process.exitCode = 2;
}
