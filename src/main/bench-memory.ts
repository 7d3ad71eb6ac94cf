import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { MemoryRow } from '../bench/report.js';
import { memoryOfTree } from '../bench/memory.js';
import { createPool } from '../db/pool.js';
import { startProduct } from './bench-product.js';

/** Long enough for garbage to be collected and idle connections to settle. */
const quietMs = 5_000;

export async function measureMemoryTogether(pid: number, when: string): Promise<MemoryRow> {
  await delay(quietMs);
  return { when, kinds: await memoryOfTree(pid) };
}

export interface Apart {
  readonly folder: string;
  readonly path: string;
  /** A server on which a database may be made. */
  readonly databaseUrl: string;
}

/** `start:api` and `start:worker`, each by itself, on one database. */
export async function measureMemoryApart({ folder, path, databaseUrl }: Apart): Promise<MemoryRow[]> {
  const server = createPool(databaseUrl, { max: 1 });
  await server.query('create database apart').finally(() => server.end());
  const settings = {
    DATABASE_URL: databaseUrl.replace(/[^/]*$/, 'apart'),
    STATE_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    SANDBOX: 'on',
  };
  const api = await startProduct({ home: join(folder, 'api'), path, settings }, 'api');
  try {
    const worker = await startProduct({ home: join(folder, 'worker'), path, settings }, 'worker');
    try {
      await delay(quietMs);
      return [
        { when: '`start:api` alone, without its database', kinds: await memoryOfTree(api.pid) },
        { when: '`start:worker` alone, without its database', kinds: await memoryOfTree(worker.pid) },
      ];
    } finally {
      await worker.stop();
    }
  } finally {
    await api.stop();
  }
}
