import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createLog } from '../../src/log/log.js';
import { startSandbox } from '../../src/sandbox/sandbox.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { processRuns } from './bench.js';

let database: TestDatabase;
let base: string;
const log = createLog('error', 'test');
const run = { environmentId: 'env_1', runId: 'run_1', accountId: '410000000001', region: 'eu-central-1' };

beforeAll(async () => {
  database = await createTestDatabase();
  base = await mkdtemp(join(tmpdir(), 'sb-'));
});
afterAll(async () => {
  await database.drop();
  await rm(base, { recursive: true, force: true });
});

interface Entry {
  readonly Pid: number;
  readonly Test: boolean;
  readonly ProtocolVersion: number;
  readonly Addr: { readonly String: string };
}
const entriesOf = (reattach: string) => JSON.parse(reattach) as Record<string, Entry>;

test('a session announces a socket for each provider and a process that is not ours, and leaves nothing when closed', async () => {
  const socketFolder = join(base, 'one');
  const sandbox = await startSandbox({ db: database.db, socketFolder, log });
  const session = await sandbox.open(run);
  const entries = Object.values(entriesOf(session.reattach));
  expect(Object.keys(entriesOf(session.reattach)).map((source) => source.split('/').at(-1))).toEqual([
    'aws',
    'kubernetes',
    'helm',
    'docker',
    'postgresql',
    'random',
  ]);
  const pid = entries[0]?.Pid ?? 0;
  expect(pid).not.toBe(process.pid);
  expect(await processRuns(pid)).toBe(true);
  for (const { Addr, Test, ProtocolVersion, Pid } of entries) {
    expect([Test, ProtocolVersion, Pid]).toEqual([true, 6, pid]);
    expect(existsSync(Addr.String)).toBe(true);
    expect(Buffer.byteLength(Addr.String)).toBeLessThan(107);
  }
  await session.close();
  expect(await readdir(socketFolder)).toEqual([]);
  await sandbox.close();
  await eventually('the decoy has ended', async () => !(await processRuns(pid)));
});

test('closing the sandbox closes its sessions, and sessions may be closed twice', async () => {
  const socketFolder = join(base, 'two');
  const sandbox = await startSandbox({ db: database.db, socketFolder, log });
  const sessions = await Promise.all(Array.from({ length: 5 }, () => sandbox.open(run)));
  expect(new Set(sessions.map((session) => session.reattach)).size).toBe(5);
  await sandbox.close();
  expect(await readdir(socketFolder)).toEqual([]);
  await Promise.all(sessions.map((session) => session.close()));
});

test('a killed decoy is replaced, and was of no other session', async () => {
  const sandbox = await startSandbox({ db: database.db, socketFolder: join(base, 'four'), log });
  const pidOf = (session: { reattach: string }) => Object.values(entriesOf(session.reattach))[0]?.Pid ?? 0;
  const [first, second] = await Promise.all([sandbox.open(run), sandbox.open(run)]);
  const [killed, spared] = [pidOf(first), pidOf(second)];
  expect(killed).not.toBe(spared);
  process.kill(killed, 'SIGKILL');
  await eventually('the decoy is gone', async () => !(await processRuns(killed)));
  await Promise.all([first.close(), second.close()]);
  const [third, fourth] = [await sandbox.open(run), await sandbox.open(run)];
  expect(pidOf(third)).toBe(spared);
  expect([killed, spared]).not.toContain(pidOf(fourth));
  await sandbox.close();
});

test('sockets of a process that was killed are removed at the next start, those of others are not', async () => {
  const socketFolder = join(base, 'three');
  const gone = '4194305.1';
  await mkdir(join(socketFolder, gone), { recursive: true });
  await mkdir(join(socketFolder, `${process.ppid}.1`));
  await startSandbox({ db: database.db, socketFolder, log });
  expect(await readdir(socketFolder)).toEqual([`${process.ppid}.1`]);
});

test('a folder too deep for a socket is refused with the number of bytes', async () => {
  const socketFolder = join(base, 'x'.repeat(100));
  const sandbox = await startSandbox({ db: database.db, socketFolder, log });
  await expect(sandbox.open(run)).rejects.toThrow(/the socket path has \d+ bytes, at most 106 work/);
});
