/** What every process of Terrace stands on: settings, log, database, key, queue. */
import { mkdir, writeFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config/config.js';
import type { Keyring } from '../crypto/envelope.js';
import { proveKey } from '../crypto/canary-store.js';
import { loadKeyring } from '../crypto/key-file.js';
import type { Db } from '../db/db.js';
import { startEmbeddedPostgres } from '../db/embedded.js';
import { migrate } from '../db/migrate.js';
import { createPool } from '../db/pool.js';
import { homeFault } from '../errors/disk-full.js';
import type { Log } from '../log/log.js';
import { openQueue, type JobQueue } from '../queue/queue.js';

export interface Platform {
  readonly config: Config;
  readonly log: Log;
  readonly db: Db;
  readonly databaseUrl: string;
  readonly keyring: Keyring;
  readonly queue: JobQueue;
  close(): Promise<void>;
}

/** Opens the database (embedded when DATABASE_URL is unset), migrates it, proves the key, opens the queue. */
export async function openPlatform(config: Config, log: Log): Promise<Platform> {
  for (const name of config.unknownNames)
    log.warn({ name }, `unknown setting ${name}; see the README for the names`);
  await assertWritable(config.home);
  const closers: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const databaseUrl = config.DATABASE_URL ?? (await openEmbedded(config, log, closers));
    const db = createPool(databaseUrl, { max: 20, applicationName: 'terrace', log });
    closers.push(() => db.end());
    await migrate(db);
    const keyring = await loadKeyring(config);
    await proveKey(db, keyring);
    const queue = await openQueue({ databaseUrl, redisUrl: config.REDIS_URL, log });
    closers.push(() => queue.close());
    return { config, log, db, databaseUrl, keyring, queue, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openEmbedded(config: Config, log: Log, closers: (() => Promise<unknown>)[]): Promise<string> {
  const embedded = await startEmbeddedPostgres({ home: config.home, log });
  closers.push(() => embedded.stop());
  return embedded.url;
}

async function assertWritable(home: string): Promise<void> {
  const probe = join(home, `.probe-${process.pid}`);
  try {
    await mkdir(home, { recursive: true });
    // A full disk takes files, but not what is in them.
    await writeFile(probe, Buffer.alloc(4096));
  } catch (error) {
    throw homeFault(home, error);
  } finally {
    await rm(probe, { force: true }).catch(() => undefined);
  }
}
