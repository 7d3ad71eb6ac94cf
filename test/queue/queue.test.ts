import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { createLog } from '../../src/log/log.js';
import {
  openQueue,
  type JobName,
  type JobPayload,
  type JobQueue,
  type QueueProps,
} from '../../src/queue/queue.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { testRedis } from '../support/redis.js';

const redisUrl = testRedis();
if (redisUrl === undefined)
  process.stderr.write('the queue is tested on PostgreSQL alone: no redis-server on the path\n');
const backends = redisUrl === undefined ? (['postgres'] as const) : (['postgres', 'redis'] as const);
const log = createLog('silent', 'test');

let database: TestDatabase;
let props: QueueProps;
let queue: JobQueue;
let workers: { close(): Promise<void> }[];

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const job = (id: string, name: JobName = 'plan') => ({ name, id, payload: { run_id: `run_${id}` } });

describe.each(backends)('the queue on %s', (backend) => {
  beforeEach(async () => {
    if (backend === 'redis') await asRedis((redis) => redis.flushall());
    else await database.db.query('drop schema if exists bullmq cascade');
    props = { databaseUrl: database.url, log, ...(backend === 'redis' ? { redisUrl } : {}) };
    queue = await openQueue(props);
    workers = [];
  });
  afterEach(async () => {
    for (const worker of workers) await worker.close();
    await queue.close();
  });

  async function work(
    concurrency: number,
    handle: (name: JobName, payload: JobPayload) => Promise<void>,
  ): Promise<void> {
    workers.push(await queue.work(concurrency, handle));
  }

  test('hands each job over with its name and ids', async () => {
    const seen: string[] = [];
    await work(1, async (name, payload) => void seen.push(`${name} ${payload.run_id}`));
    for (const name of ['plan', 'apply', 'recover'] as const) await queue.add(job(name, name));
    await eventually('all three are done', () => seen.length === 3);
    expect(seen).toEqual(['plan run_plan', 'apply run_apply', 'recover run_recover']);
  });

  test('keeps jobs until somebody works, and knows how many wait', async () => {
    for (const id of ['a', 'b', 'c']) await queue.add(job(id));
    expect(await queue.depth()).toBe(3);
    const seen: string[] = [];
    await work(2, async (_, payload) => void seen.push(payload.run_id));
    await eventually('all are done', () => seen.length === 3);
    await eventually('none waits', async () => (await queue.depth()) === 0);
  });

  test('takes a job of a known id once, and again when it is done', async () => {
    const seen: string[] = [];
    await Promise.all([queue.add(job('a')), queue.add(job('a')), queue.add(job('a'))]);
    expect(await queue.depth()).toBe(1);
    await work(1, async (_, payload) => void seen.push(payload.run_id));
    await eventually('it is done', () => seen.length === 1);
    await eventually('it is taken again', async () => {
      await queue.add(job('a'));
      return seen.length >= 2;
    });
  });

  test('works on as many jobs at once as asked, not more', async () => {
    let now = 0;
    let most = 0;
    let done = 0;
    const gates: (() => void)[] = [];
    await work(3, async () => {
      most = Math.max(most, ++now);
      await new Promise<void>((resolve) => gates.push(resolve));
      now--;
      done++;
    });
    for (let i = 0; i < 8; i++) await queue.add(job(`j${i}`));
    await eventually('three are in hand', () => now === 3);
    await eventually('all are done', () => {
      gates.shift()?.();
      return done === 8;
    });
    expect(most).toBe(3);
  });

  test('goes on after a handler that throws, and takes that job again', async () => {
    let calls = 0;
    await work(1, async (_, payload) => {
      calls++;
      if (payload.run_id === 'run_bad') throw new Error('a text with a \0 in it');
    });
    await queue.add(job('bad'));
    await queue.add(job('good'));
    await eventually('both were tried', () => calls === 2);
    await eventually('the bad one is tried again when sent again', async () => {
      await queue.add(job('bad'));
      return calls >= 3;
    });
  });

  test('shares jobs among processes: each is done by one', async () => {
    const other = await openQueue(props);
    const seen: string[] = [];
    await work(2, async (_, payload) => void seen.push(payload.run_id));
    workers.push(await other.work(2, async (_, payload) => void seen.push(payload.run_id)));
    const ids = Array.from({ length: 40 }, (_, index) => `j${index}`);
    await Promise.all(ids.map((id) => queue.add(job(id))));
    await eventually('all are done', () => seen.length >= ids.length);
    expect([...seen].sort()).toEqual(ids.map((id) => `run_${id}`).sort());
    for (const worker of workers.splice(0)) await worker.close();
    await other.close();
  });

  test('closing a worker waits for the job in hand and leaves the rest', async () => {
    let release: (() => void) | undefined;
    let finished = false;
    const worker = await queue.work(1, async () => {
      await new Promise<void>((resolve) => (release = resolve));
      finished = true;
    });
    await queue.add(job('a'));
    await eventually('it is in hand', () => release !== undefined);
    await queue.add(job('b'));
    const closing = worker.close();
    release!();
    await closing;
    expect(finished).toBe(true);
    expect(await queue.depth()).toBe(1);
  });

  test('drops a job of a form it does not know, without calling anybody', async () => {
    const seen: string[] = [];
    await queue.add({ name: 'plan', id: 'x', payload: { run_id: 'run_x', secret: 'no' } as JobPayload });
    await queue.add({ name: 'other' as JobName, id: 'y', payload: { run_id: 'run_y' } });
    await queue.add(job('good'));
    await work(1, async (_, payload) => void seen.push(payload.run_id));
    await eventually('the good one is done', () => seen.length > 0);
    await eventually('none waits', async () => (await queue.depth()) === 0);
    expect(seen).toEqual(['run_good']);
  });

  test('may be opened by many at once', async () => {
    const queues = await Promise.all(Array.from({ length: 4 }, () => openQueue(props)));
    for (const one of queues) await one.close();
  });
});

async function asRedis(act: (redis: Redis) => Promise<unknown>): Promise<void> {
  const redis = new Redis(redisUrl!);
  await act(redis);
  redis.disconnect();
}
