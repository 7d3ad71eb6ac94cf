import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { inTransaction } from '../../src/db/db.js';
import { createLog } from '../../src/log/log.js';
import { startOutboxRelay, type OutboxRelay } from '../../src/queue/outbox-relay.js';
import { deleteSent, enqueue, resend } from '../../src/queue/outbox.js';
import { openQueue, type JobQueue } from '../../src/queue/queue.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';

const log = createLog('silent', 'test');
/** Longer than any test: what arrives was notified, not polled. */
const never = 3_600_000;

let database: TestDatabase;
let queue: JobQueue;
let relays: OutboxRelay[];
let seen: string[];
let working: { close(): Promise<void> };

beforeAll(async () => {
  database = await createTestDatabase();
  queue = await openQueue({ databaseUrl: database.url, log });
});
afterAll(async () => {
  await queue.close();
  await database.drop();
});
beforeEach(async () => {
  await database.db.query('delete from outbox');
  relays = [];
  seen = [];
  working = await queue.work(4, async (_, payload) => void seen.push(payload.run_id));
});
afterEach(async () => {
  for (const relay of relays) await relay.close();
  await working.close();
});

function relay(pollMs = never): OutboxRelay {
  const one = startOutboxRelay({ db: database.db, databaseUrl: database.url, queue, log, pollMs });
  relays.push(one);
  return one;
}

const job = (id: string) => ({ jobName: 'plan' as const, jobId: id, payload: { run_id: `run_${id}` } });
const add = (id: string) => inTransaction(database.db, (tx) => enqueue(tx, job(id)));

async function unsent(): Promise<number> {
  const { rows } = await database.db.query<{ count: number }>(
    'select count(*) from outbox where sent_at is null',
  );
  return rows[0]!.count;
}

async function listening(): Promise<void> {
  await eventually('the relay listens', async () => {
    const { rows } = await database.db.query(
      `select 1 from pg_stat_activity where datname = current_database()
         and application_name = 'terrace-listen-terrace_outbox' and query like 'listen%'`,
    );
    return rows.length === relays.length;
  });
}

describe('the outbox', () => {
  test('is handed to the queue as soon as it is committed, not before', async () => {
    relay();
    await listening();
    await inTransaction(database.db, async (tx) => {
      await enqueue(tx, job('a'));
      expect(await unsent()).toBe(0);
      expect(seen).toEqual([]);
    });
    await eventually('it arrived', () => seen.length === 1);
    await eventually('it is marked', async () => (await unsent()) === 0);
  });

  test('of a transaction that is rolled back is never sent', async () => {
    relay();
    await listening();
    const work = inTransaction(database.db, async (tx) => {
      await enqueue(tx, job('lost'));
      throw new Error('no');
    });
    await expect(work).rejects.toThrow('no');
    await add('kept');
    await eventually('the other arrived', () => seen.length === 1);
    expect(seen).toEqual(['run_kept']);
  });

  test('that waited while no relay ran is sent when one starts', async () => {
    for (const id of ['a', 'b', 'c']) await add(id);
    expect(seen).toEqual([]);
    relay();
    await eventually('all arrived', () => seen.length === 3);
    expect(seen.sort()).toEqual(['run_a', 'run_b', 'run_c']);
  });

  test('takes an id once, and sends it again when asked', async () => {
    relay();
    await add('a');
    await add('a');
    await eventually('it arrived', () => seen.length === 1);
    await eventually('it is marked', async () => (await unsent()) === 0);
    await add('a');
    await resend(database.db, job('new'));
    await eventually('the new one arrived', () => seen.includes('run_new'));
    expect(seen).toEqual(['run_a', 'run_new']);
    await eventually('the first one is sent again', async () => {
      await resend(database.db, job('a'));
      await database.db.query('notify terrace_outbox');
      return seen.filter((id) => id === 'run_a').length >= 2;
    });
  });

  test('of hundreds of jobs is sent once by several relays', async () => {
    const ids = Array.from({ length: 350 }, (_, index) => `j${index}`);
    await inTransaction(database.db, async (tx) => {
      for (const id of ids) await enqueue(tx, job(id));
    });
    for (let i = 0; i < 3; i++) relay();
    await eventually('all arrived', () => seen.length >= ids.length);
    expect(new Set(seen).size).toBe(ids.length);
    expect(seen).toHaveLength(ids.length);
  });

  test('forgets what was sent more than a day ago', async () => {
    await add('old');
    await add('new');
    await database.db.query(`update outbox set sent_at = now() - interval '25 hours' where job_id = 'old'`);
    await deleteSent(database.db);
    const { rows } = await database.db.query('select job_id from outbox');
    expect(rows).toEqual([{ job_id: 'new' }]);
  });
});

describe('a relay', () => {
  test('goes on when its sessions were killed', async () => {
    relay(100);
    await listening();
    await database.db.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid() and application_name like 'te%'`,
    );
    await add('a').catch(() => add('a'));
    await eventually('it arrived', () => seen.length === 1);
  });

  test('that is closed sends no more', async () => {
    await relay(20).close();
    await add('a');
    expect(await unsent()).toBe(1);
    expect(seen).toEqual([]);
  });
});
