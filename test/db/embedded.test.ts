import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/db/embedded.js';
import { isAlive } from '../../src/db/home-lock.js';
import { createPool } from '../../src/db/pool.js';
import { createLog } from '../../src/log/log.js';
import { eventually } from '../support/eventually.js';

const log = createLog('silent', 'test');
const root = join(import.meta.dirname, '..', '..');
const build = join(root, 'dist/src/db/embedded.js');
let seed: string;
let folder: string;
let running: EmbeddedPostgres[];

const home = () => join(folder, 'home');

// A home is made once and copied: making one takes a second.
beforeAll(async () => {
  seed = await mkdtemp(join(tmpdir(), 'terrace-embedded-'));
  await (await startEmbeddedPostgres({ home: seed, log, fsync: false })).stop();
});
afterAll(() => rm(seed, { recursive: true }));

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'terrace-embedded-'));
  execFileSync('cp', ['-a', seed, home()]);
  running = [];
});
afterEach(async () => {
  for (const server of running) await server.stop();
  await rm(folder, { recursive: true });
});

async function start(): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ home: home(), log, fsync: false });
  running.push(server);
  return server;
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const pool = createPool(url, { max: 1 });
  try {
    return (await pool.query(sql)).rows;
  } finally {
    await pool.end();
  }
}

async function postmasterPid(): Promise<number> {
  return Number.parseInt(await readFile(join(home(), 'postgres/data/postmaster.pid'), 'utf8'), 10);
}

/** Another node process that starts the server of this home, says so, and waits. */
async function startElsewhere(): Promise<{ url: string; kill(): Promise<void> }> {
  const code = `import { startEmbeddedPostgres } from ${JSON.stringify(build)};
    const log = { error() {}, warn() {} };
    const { url } = await startEmbeddedPostgres({ home: process.argv[1], log, fsync: false });
    console.log(url); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code, home()], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return {
    url: line.toString().trim(),
    kill: async () => {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

describe('the embedded PostgreSQL', () => {
  test('keeps data, port and password over a restart, and none of them open to others', async () => {
    const first = await start();
    await query(first.url, 'create table kept as select 42 as answer');
    await first.stop();
    const second = await start();
    expect(second.url).toBe(first.url);
    expect(await query(second.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
    expect((await stat(join(home(), 'postgres.json'))).mode & 0o777).toBe(0o600);
    await expect(query(second.url.replace(/:[^:@]+@/, ':wrong@'), 'select 1')).rejects.toMatchObject({
      code: '28P01',
    });
  });

  test('starts again after kill -9 of its process, with all that was committed', async () => {
    const elsewhere = await startElsewhere();
    await query(elsewhere.url, 'create table kept as select 42 as answer');
    await elsewhere.kill();
    const { url } = await start();
    expect(url).toBe(elsewhere.url);
    expect(await query(url, 'select answer from kept')).toEqual([{ answer: 42 }]);
  });

  test('does not outlive kill -9 of its process', async () => {
    const elsewhere = await startElsewhere();
    const pid = await postmasterPid();
    await elsewhere.kill();
    await eventually('the server is gone', () => !isAlive(pid));
  });

  test('starts over a pid file whose pid is another program by now', async () => {
    await (await start()).stop();
    await writeFile(
      join(home(), 'postgres/data/postmaster.pid'),
      `${process.pid}\n${join(home(), 'postgres/data')}\n`,
    );
    const { url } = await start();
    expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('is not taken from a process that lives', async () => {
    const elsewhere = await startElsewhere();
    await expect(start()).rejects.toMatchObject({
      code: 'home_in_use',
      message: expect.stringMatching(
        /^TERRACE_HOME is in use by process \d+: stop it, set another TERRACE_HOME/,
      ),
    });
    expect(await query(elsewhere.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    await elsewhere.kill();
  });

  test('comes back on the same port when the server dies by itself', async () => {
    const { url } = await start();
    await query(url, 'create table kept as select 42 as answer');
    process.kill(await postmasterPid(), 'SIGKILL');
    const rows = await eventually('it answers again', () =>
      query(url, 'select answer from kept').catch(() => undefined),
    );
    expect(rows).toEqual([{ answer: 42 }]);
  });

  test('takes another port when its own is taken', async () => {
    const first = await start();
    await first.stop();
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(Number(new URL(first.url).port), '127.0.0.1', resolve));
    const second = await start();
    expect(new URL(second.url).port).not.toBe(new URL(first.url).port);
    expect(await query(second.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    other.close();
  });

  test('starts below a folder that only its owner may enter', async () => {
    await chmod(folder, 0o700);
    const { url } = await start();
    expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('forgets a first start that died half-way', async () => {
    await rm(home(), { recursive: true });
    await mkdir(join(home(), 'postgres.new.1/data'), { recursive: true });
    await start();
    await expect(stat(join(home(), 'postgres.new.1'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('says that its home cannot be written', async () => {
    await rm(home(), { recursive: true });
    await writeFile(home(), 'a file in the way');
    await expect(start()).rejects.toMatchObject({
      code: 'home_unwritable',
      message: `TERRACE_HOME ${home()} cannot be written (EEXIST): change its owner, or set another`,
    });
  });

  test('says that its settings are gone rather than guess', async () => {
    await (await start()).stop();
    await rm(join(home(), 'postgres.json'));
    await expect(start()).rejects.toMatchObject({
      code: 'database_unavailable',
      message: 'TERRACE_HOME/postgres.json is missing or damaged: restore it',
    });
  });
});
