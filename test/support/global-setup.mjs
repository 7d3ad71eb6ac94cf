// One PostgreSQL and one Redis for the whole test run, on free loopback ports; test files clone the template database.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const dist = new URL('../../dist/src/', import.meta.url);

export default async function globalSetup() {
  if (!existsSync(new URL('db/embedded.js', dist)))
    throw new Error('no build in dist/: run `npm run build` first');
  const [{ startEmbeddedPostgres }, { createPool }, { migrate }, { createLog }] = await Promise.all(
    ['db/embedded.js', 'db/pool.js', 'db/migrate.js', 'log/log.js'].map(
      (path) => import(new URL(path, dist).href),
    ),
  );
  const folder = await mkdtemp(join(tmpdir(), 'terrace-test-'));
  const postgres = await startEmbeddedPostgres({
    home: join(folder, 'home'),
    log: createLog('error', 'test'),
    fsync: false,
  });
  globalThis.terraceTest = { folder, postgres };

  const admin = createPool(postgres.url, { max: 1 });
  await admin.query('create database terrace_template');
  const template = createPool(postgres.url.replace(/terrace$/, 'terrace_template'), { max: 1 });
  await migrate(template);
  await template.end();
  await admin.query('alter database terrace_template is_template true allow_connections false');
  await admin.end();
  process.env.TERRACE_TEST_DATABASE = postgres.url;

  const redis = await startRedis();
  globalThis.terraceTest.redis = redis;
  if (redis) process.env.TERRACE_TEST_REDIS = redis.url;
  else delete process.env.TERRACE_TEST_REDIS;
}

/** A redis-server that keeps nothing on disk, or undefined where none is installed. */
async function startRedis() {
  const port = await freePort();
  const flags = [
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--appendonly',
    'no',
    '--maxmemory-policy',
    'noeviction',
  ];
  const child = spawn('redis-server', ['--port', String(port), ...flags], {
    stdio: 'ignore',
    detached: true,
  });
  let ended = false;
  child.once('error', () => (ended = true));
  child.once('exit', () => (ended = true));
  process.once('exit', () => child.kill());
  for (const deadline = Date.now() + 10_000; Date.now() < deadline && !ended; await delay(10))
    if (await answers(port)) return { child, url: `redis://127.0.0.1:${port}` };
  child.kill();
  return undefined;
}

function answers(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true) || socket.destroy());
    socket.once('error', () => resolve(false));
  });
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
