import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { accessScript } from '../../stacks/app/cache-access.js';
import { backupScript } from '../../stacks/app/database-backup-script.js';
import { freePort, ownRedis, testRedis, type OwnRedis } from '../support/redis.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'terrace-scripts-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number;
  readonly out: string;
}

function run(command: string, args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  const path = [folder, process.env['PATH']].join(delimiter);
  return new Promise((resolve) => {
    execFile(command, args, { env: { PATH: path, ...env } }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), out: `${stdout}${stderr}`.trim() }),
    );
  });
}

describe('the dump of a database', () => {
  const script = (command: string) =>
    backupScript({
      dump: { passwordVariable: 'X', env: () => ({}), command, ending: 'dump' },
      folder,
      keepDays: 7,
    });

  async function aged(name: string, days: number): Promise<void> {
    await writeFile(join(folder, name), 'dump');
    const then = new Date(Date.now() - days * 24 * 3600 * 1000);
    await utimes(join(folder, name), then, then);
  }

  test('is kept for its days; what is older goes, what is not a dump stays', async () => {
    await aged('app-old.dump', 7.1);
    await aged('app-young.dump', 6.9);
    await aged('notes.txt', 100);
    expect(await run('bash', ['-c', script('echo whole > "$part"')])).toMatchObject({ code: 0 });
    const names = (await readdir(folder)).sort();
    expect(names).toEqual([expect.stringMatching(/^app-\d{8}T\d{6}Z\.dump$/), 'app-young.dump', 'notes.txt']);
  });

  test.each([
    ['fails', 'echo half > "$part"; false'],
    ['fails before a pipe', 'false | gzip > "$part"'],
    ['writes nothing', ': > "$part"'],
  ])('that %s costs no older one and never looks whole', async (_name, command) => {
    await aged('app-old.dump', 30);
    expect((await run('bash', ['-c', script(command)])).code).toBe(1);
    expect((await readdir(folder)).filter((name) => name.endsWith('.dump'))).toEqual(['app-old.dump']);
  });

  test('begins without the rests of one that was cut off', async () => {
    await aged('app-cut.part', 1);
    await run('bash', ['-c', script('echo whole > "$part"')]);
    expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([]);
  });
});

(testRedis() === undefined ? describe.skip : describe)('the user on a shared cache server', () => {
  let server: OwnRedis;
  let port: string;
  beforeEach(async () => {
    port = String(await freePort());
    const rules = join(folder, 'users.acl');
    await writeFile(rules, 'user default on >administrator ~* &* +@all\n');
    await chmod(folder, 0o700);
    const client = (await run('sh', ['-c', 'command -v redis-cli'])).out;
    await symlink(client, join(folder, 'valkey-cli'));
    server = ownRedis(Number(port), ['--aclfile', rules]);
    await server.start();
  });
  afterEach(() => server.stop());

  const make = (id: string, password: string) =>
    run('sh', ['-c', accessScript(false)], {
      CACHE_HOST: '127.0.0.1',
      CACHE_PORT: port,
      CACHE_ADMINISTRATOR: 'default',
      REDISCLI_AUTH: 'administrator',
      TENANT_USER: id,
      TENANT_PREFIX: `tenant:${id}:env_1:`,
      TENANT_PASSWORD: password,
    });
  const as = async (user: string, password: string, ...command: string[]) =>
    (
      await run('redis-cli', [
        '-p',
        port,
        '--no-auth-warning',
        '--user',
        user,
        '--pass',
        password,
        ...command,
      ])
    ).out;

  test('reaches its own keys and channels alone, and no names of others', async () => {
    expect(await make('acme', 'secret-a')).toMatchObject({ code: 0 });
    expect(await make('bolt', 'secret-b')).toMatchObject({ code: 0 });
    const acme = (...command: string[]) => as('acme', 'secret-a', ...command);
    expect(await as('bolt', 'secret-b', 'SET', 'tenant:bolt:env_1:k', 'v')).toBe('OK');
    expect(await acme('SET', 'tenant:acme:env_1:k', 'v')).toBe('OK');
    expect(await acme('GET', 'tenant:acme:env_1:k')).toBe('v');
    expect(await acme('EVAL', 'return redis.call("GET", KEYS[1])', '1', 'tenant:acme:env_1:k')).toBe('v');
    expect(await acme('INFO', 'server')).toContain('redis_version');
    const refused = [
      ['GET', 'tenant:bolt:env_1:k'],
      ['SET', 'tenant:acme:env_2:k', 'v'],
      ['EVAL', 'return redis.call("GET", "tenant:bolt:env_1:k")', '0'],
      ['COPY', 'tenant:bolt:env_1:k', 'tenant:acme:env_1:copy'],
      ['PUBLISH', 'tenant:bolt:env_1:c', 'x'],
      ['SCAN', '0'],
      ['KEYS', '*'],
      ['RANDOMKEY'],
      ['DBSIZE'],
      ['PUBSUB', 'CHANNELS'],
      ['FLUSHALL'],
      ['FLUSHDB'],
      ['SWAPDB', '0', '1'],
      ['SCRIPT', 'FLUSH'],
      ['FUNCTION', 'LIST'],
      ['CONFIG', 'GET', '*'],
      ['ACL', 'LIST'],
      ['MONITOR'],
      ['CLIENT', 'LIST'],
    ];
    for (const command of refused)
      expect([command, await acme(...command)]).toEqual([
        command,
        expect.stringMatching(/NOPERM|can't access/),
      ]);
  });

  test('made again it has the new password alone, and outlives a restart', async () => {
    await make('acme', 'first-secret');
    expect(await make('acme', 'second-secret')).toMatchObject({ code: 0 });
    await server.stop();
    await server.start();
    expect(await as('acme', 'second-secret', 'PING')).toBe('PONG');
    expect(await as('acme', 'first-secret', 'PING')).not.toBe('PONG');
  });

  test('a refusal of the server fails the job', async () => {
    const ended = await run('sh', ['-c', accessScript(false)], {
      CACHE_HOST: '127.0.0.1',
      CACHE_PORT: port,
      CACHE_ADMINISTRATOR: 'default',
      REDISCLI_AUTH: 'wrong',
      TENANT_USER: 'acme',
      TENANT_PREFIX: 'tenant:acme:',
      TENANT_PASSWORD: 'x',
    });
    expect(ended.code).not.toBe(0);
  });
});
