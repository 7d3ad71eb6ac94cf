import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { startEmbeddedPostgres } from '../../src/db/embedded.js';
import { migrate } from '../../src/db/migrate.js';
import { createPool } from '../../src/db/pool.js';
import { createLog } from '../../src/log/log.js';
import { startOutboxRelay } from '../../src/queue/outbox-relay.js';
import { enqueue } from '../../src/queue/outbox.js';
import { openQueue } from '../../src/queue/queue.js';
import { createTestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { freePort, ownRedis, testRedis } from '../support/redis.js';

const log = createLog('silent', 'test');
const whereRedisIs = testRedis() === undefined ? test.skip : test;
const job = (id: string) => ({ jobName: 'plan' as const, jobId: id, payload: { run_id: `run_${id}` } });
let closers: (() => Promise<unknown>)[];

beforeEach(() => {
  closers = [];
});
afterEach(async () => {
  for (const closer of closers.reverse()) await closer();
});

/** Whatever is opened is closed after the test, last first. */
function opened<T>(thing: T, close: (thing: T) => Promise<unknown>): T {
  closers.push(() => close(thing));
  return thing;
}

whereRedisIs(
  'Redis away: a call is refused in time, jobs wait in the outbox and arrive when it is back',
  async () => {
    const redis = opened(ownRedis(await freePort()), (one) => one.stop());
    await redis.start();
    const database = opened(await createTestDatabase(), (one) => one.drop());
    const queue = opened(await openQueue({ databaseUrl: database.url, redisUrl: redis.url, log }), (one) =>
      one.close(),
    );
    const seen: string[] = [];
    opened(await queue.work(2, async (_, payload) => void seen.push(payload.run_id)), (one) => one.close());
    opened(startOutboxRelay({ db: database.db, databaseUrl: database.url, queue, log, pollMs: 200 }), (one) =>
      one.close(),
    );
    await enqueue(database.db, job('before'));
    await eventually('the first arrived', () => seen.includes('run_before'));

    await redis.stop();
    await expect(queue.depth()).rejects.toMatchObject({
      code: 'queue_unavailable',
      message: 'the queue does not answer',
    });
    await enqueue(database.db, job('meanwhile'));
    await redis.start();
    await eventually('the second arrived', () => seen.includes('run_meanwhile'));
  },
);

test('PostgreSQL dies and comes back: relay, queue and workers carry on', async () => {
  const home = opened(await mkdtemp(join(tmpdir(), 'terrace-outage-')), (path) =>
    rm(path, { recursive: true }),
  );
  const server = opened(await startEmbeddedPostgres({ home, log, fsync: false }), (one) => one.stop());
  const databaseUrl = server.url;
  const db = opened(createPool(databaseUrl), (one) => one.end());
  await migrate(db);
  const queue = opened(await openQueue({ databaseUrl, log }), (one) => one.close());
  const seen: string[] = [];
  opened(await queue.work(2, async (_, payload) => void seen.push(payload.run_id)), (one) => one.close());
  opened(startOutboxRelay({ db, databaseUrl, queue, log, pollMs: 200 }), (one) => one.close());
  await enqueue(db, job('before'));
  await eventually('the first arrived', () => seen.includes('run_before'));

  const pid = Number.parseInt(await readFile(join(home, 'postgres/data/postmaster.pid'), 'utf8'), 10);
  process.kill(pid, 'SIGKILL');
  await eventually('the next is committed', () =>
    enqueue(db, job('after')).then(
      () => true,
      () => false,
    ),
  );
  await eventually('the second arrived', () => seen.includes('run_after'));
});
