import { once } from 'node:events';
import { rm } from 'node:fs/promises';

export default async function globalTeardown() {
  const { folder, postgres, redis } = globalThis.terraceTest ?? {};
  if (redis && redis.child.exitCode === null) {
    redis.child.kill();
    await once(redis.child, 'exit');
  }
  await postgres?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
}
