import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { createLog } from '../../src/log/log.js';
import { openQueue, type JobQueue, type Working } from '../../src/queue/queue.js';
import { blockedBy } from '../../src/run/blocked-by.js';
import { readMemoryWaits } from '../../src/run/memory-wait-store.js';
import { availableBytes } from '../../src/terraform/free-memory.js';
import { createMemoryGate } from '../../worker/memory-gate.js';
import { tellMemoryWait } from '../../worker/memory-wait.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { insertRun } from '../support/rows.js';

const mb = 2 ** 20;
let database: TestDatabase;
let queue: JobQueue;
let folder: string;
const closers: (() => Promise<unknown> | void)[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
  queue = await openQueue({ databaseUrl: database.url, log: createLog('silent', 'test') });
  folder = await mkdtemp(join(tmpdir(), 'terrace-memory-'));
});
afterEach(async () => {
  for (const closer of closers.splice(0)) await closer();
});
afterAll(async () => {
  await queue.close();
  await database.drop();
  await rm(folder, { recursive: true });
});

test('one terraform more starts only where it fits, beside those that have not grown yet', () => {
  let [free, now] = [500 * mb, 0];
  const gate = createMemoryGate({ needMb: 200, available: () => free, now: () => now });
  const leave = gate.enter();
  expect(leave).not.toBeNull();
  expect(gate.enter()).not.toBeNull();
  expect(gate.enter()).toBeNull();
  leave?.();
  expect(gate.hasRoom()).toBe(true);
  gate.enter();
  // Both have grown: what they took is seen, and kept for them no more.
  [free, now] = [100 * mb, 10_000];
  expect(gate.hasRoom()).toBe(false);
  free = 200 * mb;
  expect(gate.enter()).not.toBeNull();
  expect(createMemoryGate({ needMb: 0, available: () => 0 }).enter()).not.toBeNull();
});

test('what is free is the least that the machine and the control group leave; caches do not count', async () => {
  const group = async (name: string, files: Record<string, string>) => {
    const root = join(folder, name);
    await mkdir(root);
    for (const [file, text] of Object.entries(files)) await writeFile(join(root, file), text);
    return availableBytes(root, 900 * mb);
  };
  const current = `${700 * mb}\n`;
  const stat = `anon 5\ninactive_file ${100 * mb}\n`;
  expect(await group('none', {})).toBe(900 * mb);
  expect(await group('max', { 'memory.max': 'max\n', 'memory.current': current })).toBe(900 * mb);
  const limited = { 'memory.max': `${1000 * mb}\n`, 'memory.current': current, 'memory.stat': stat };
  expect(await group('limited', limited)).toBe(400 * mb);
  expect(await group('over', { ...limited, 'memory.max': `${500 * mb}\n` })).toBe(0);
  expect(availableBytes()).toBeGreaterThan(mb);
});

test('without room a job goes back, is taken where there is room, and is asked for once; then jobs come again', async () => {
  const [log, db] = [createLog('silent', 'test'), database.db];
  let room = false;
  let here = 0;
  const there: string[] = [];
  const gate = createMemoryGate({ needMb: 1, available: () => (room ? 100 * mb : 0) });
  const deps = { db, log, config: { TERRAFORM_MEMORY_MB: 1 } };
  const wait = tellMemoryWait(deps, { gate, onOver: () => small.resume() });
  const small: Working = await queue.work(1, async (name, payload) => {
    here++;
    if (gate.hasRoom()) return;
    await small.pause();
    wait.begin();
    await queue.add({ name, payload, id: `again-${here}` });
  });
  closers.push(
    () => small.close(),
    () => wait.close(),
  );
  const job = (id: string) => queue.add({ name: 'plan', id, payload: { run_id: id } });
  await job('a');
  await eventually('the job is back', async () => here > 0 && (await queue.depth()) > 0);
  expect(here).toBeLessThanOrEqual(2);
  const other = await queue.work(1, async (_, { run_id: runId }) => void there.push(runId));
  await eventually('the other worker has it', () => there.includes('a'));
  await other.close();
  expect(await readMemoryWaits(db)).toMatchObject({ waits: 1 });
  const run = { ...(await insertRun(db)), status: 'queued' } as const;
  const lost = { ...run, status: 'interrupted' } as const;
  for (const one of [run, lost]) expect(await blockedBy(db, one)).toBe('a free worker with 1 MB of memory');
  const before = here;
  room = true;
  await job('b');
  await eventually('jobs come again', () => here > before);
  await eventually('the wait was counted', async () => (await readMemoryWaits(db)).seconds > 0);
  expect(await blockedBy(db, run)).toBe('a free worker');
});
