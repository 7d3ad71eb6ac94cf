// Copies what tsc leaves behind (SQL, proto, JSON schemas) beside the compiled files that read it.
import { cpSync, rmSync } from 'node:fs';

const assets = /\.(sql|proto|json|html)$/;
// A migration that was renamed must not run twice.
rmSync('dist/src/db/migrations', { recursive: true, force: true });
for (const room of ['src', 'stacks', 'api', 'worker']) {
  cpSync(room, `dist/${room}`, {
    recursive: true,
    filter: (path) => assets.test(path) || !/\.[a-z]+$/.test(path),
  });
}
