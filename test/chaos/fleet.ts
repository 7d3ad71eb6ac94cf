/** The product as processes that can be killed one by one: PostgreSQL, Redis (or not), the API, a worker. */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { loadKeyring } from '../../src/crypto/key-file.js';
import type { Keyring } from '../../src/crypto/envelope.js';
import { startEmbeddedPostgres } from '../../src/db/embedded.js';
import { createPool, type DbPool } from '../../src/db/pool.js';
import { projectRoot } from '../../src/lib/project-root.js';
import { createLog } from '../../src/log/log.js';
import { apiOf, type Api } from '../support/api.js';
import { freePort, ownRedis, type OwnRedis } from '../support/redis.js';
import { makeHome, removeHome, startTerrace, type Env } from '../support/terrace.js';

export interface Fleet {
  readonly api: Api;
  readonly db: DbPool;
  readonly databaseUrl: string;
  readonly keyring: Keyring;
  /** Undefined where the queue is in PostgreSQL. */
  readonly redis: OwnRedis | undefined;
  /** Of all work directories. */
  readonly workdirBase: string;
  /** The worker that runs now; throws when none does. */
  worker(): ChildProcess;
  startWorker(): Promise<void>;
  /** All that workers have said. */
  said(): string;
  postmasterPid(): Promise<number>;
  close(): Promise<void>;
}

export async function startFleet(queue: 'postgres' | 'redis'): Promise<Fleet> {
  const folder = await makeHome();
  const postgres = await startEmbeddedPostgres({
    home: join(folder, 'postgres'),
    log: createLog('silent', 'chaos'),
    fsync: false,
  });
  const redis = queue === 'redis' ? ownRedis(await freePort()) : undefined;
  await redis?.start();
  const key = randomBytes(32).toString('base64');
  const env: Env = {
    DATABASE_URL: postgres.url,
    STATE_ENCRYPTION_KEY: key,
    SANDBOX: 'on',
    LEASE_SECONDS: '3',
    SWEEP_SECONDS: '1',
    HEALTH_CHECK_INTERVAL: '0',
    HEALTH_CHECK_TIMEOUT: '5',
    MAX_ENVIRONMENTS_PER_USER: '100000',
    RATE_LIMIT_PRINCIPAL: '0',
    RATE_LIMIT_TENANT: '0',
    ...(redis === undefined ? {} : { REDIS_URL: redis.url }),
  };
  const terrace = await startTerrace(join(folder, 'api'), env, 'api');
  const db = createPool(postgres.url, { max: 5, applicationName: 'chaos' });
  await db.query(await readFile(new URL('points.sql', import.meta.url), 'utf8'));
  const home = join(folder, 'worker');
  let worker: ChildProcess | undefined;
  let said = '';
  const startWorker = async () => {
    worker = await spawnWorker({ ...env, TERRACE_HOME: home }, (text) => (said += text));
  };
  await startWorker();
  return {
    api: apiOf(terrace),
    db,
    databaseUrl: postgres.url,
    keyring: await loadKeyring({ home, STATE_ENCRYPTION_KEY: key, STATE_ENCRYPTION_KEY_PREVIOUS: [] }),
    redis,
    workdirBase: join(home, 'work'),
    worker: () => {
      if (worker === undefined) throw new Error('no worker runs');
      return worker;
    },
    startWorker,
    said: () => said,
    postmasterPid: async () =>
      Number.parseInt(await readFile(join(folder, 'postgres/postgres/data/postmaster.pid'), 'utf8'), 10),
    close: async () => {
      if (worker !== undefined) await endProcess(worker, 'SIGTERM');
      await terrace.stop();
      await db.end();
      await redis?.stop();
      await postgres.stop();
      await removeHome(folder);
    },
  };
}

/** Sends a signal and waits for the end; at once where it has ended already. */
export async function endProcess(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}

async function spawnWorker(env: Env, hear: (text: string) => void): Promise<ChildProcess> {
  const child = spawn(process.execPath, [join(projectRoot, 'dist/src/main/worker.js')], {
    env: { PATH: process.env['PATH'] ?? '', LANG: 'C.UTF-8', LOG_LEVEL: 'info', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
    hear(chunk.toString());
  });
  for await (const line of createInterface({ input: child.stdout }))
    if (line === 'terrace worker ready') {
      child.stdout.resume();
      return child;
    } else hear(`${line}\n`);
  throw new Error(`a worker did not start:\n${errors}`);
}
