import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createKeyring } from '../../src/crypto/envelope.js';
import { inTransaction } from '../../src/db/db.js';
import { appendEvent } from '../../src/event/event-store.js';
import { createOutbound } from '../../src/http/outbound.js';
import { newId } from '../../src/lib/ids.js';
import { projectRoot } from '../../src/lib/project-root.js';
import { createLog } from '../../src/log/log.js';
import { newWebhookSecret } from '../../src/webhook/signature.js';
import { insertWebhook, secretContext } from '../../src/webhook/webhook-store.js';
import { startWebhookSender } from '../../worker/webhook-sender.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { insertRun, type TestRun } from '../support/rows.js';
import { startReceiver, type Receiver } from './receiver.js';

const key = randomBytes(32);
const keyring = createKeyring({ current: key });
let database: TestDatabase;
let receiver: Receiver;
beforeAll(async () => {
  database = await createTestDatabase();
  receiver = await startReceiver();
});
afterAll(async () => {
  await receiver.close();
  await database.drop();
});

/** A run whose events go to that path alone. */
async function hookedRun(path: string): Promise<TestRun> {
  const run = await insertRun(database.db);
  const webhookId = newId('webhook');
  const secret = keyring.encrypt(newWebhookSecret(), secretContext(webhookId));
  const settings = { description: null, eventTypes: null, enabled: true, createdBy: 'test' };
  const { tenantId } = run;
  const webhook = { ...settings, webhookId, tenantId, url: receiver.url(path), secret };
  await insertWebhook(database.db, webhook, new Date());
  return run;
}

const tell = ({ tenantId, environmentId, runId }: TestRun, message: string) =>
  inTransaction(database.db, (tx) =>
    appendEvent(tx, { tenantId, environmentId, runId, type: 'run_planning', message }),
  );

const startSender = () =>
  startWebhookSender({
    db: database.db,
    databaseUrl: database.url,
    keyring,
    log: createLog('silent', 'test'),
    outbound: createOutbound({ allowedRanges: ['127.0.0.0/8'] }),
    pollMs: 25,
  });

test('a sender killed in the middle of an attempt loses nothing: the next one sends it again under the same id', async () => {
  const path = '/held/crash';
  const run = await hookedRun(path);
  const child = spawn(process.execPath, [
    join(projectRoot, 'test/webhook/sender-child.mjs'),
    database.url,
    key.toString('hex'),
  ]);
  await tell(run, 'before');
  const [first] = await receiver.count(path, 1);
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
  await tell(run, 'while nobody is there');
  receiver.letGo(path);
  const sender = startSender();
  const all = await receiver.count(path, 3);
  expect(all.map(({ body }) => body.data.message)).toEqual(['before', 'before', 'while nobody is there']);
  expect(all[1]!.headers['webhook-id']).toBe(first!.headers['webhook-id']);
  await sender.close();
});

test('of two senders one sends, and the other takes over when the first has lost its connection or ends', async () => {
  const path = '/ok/two';
  const run = await hookedRun(path);
  const [one, other] = [startSender(), startSender()];
  for (let n = 0; n < 5; n++) await tell(run, `two ${n}`);
  await receiver.count(path, 5);
  const holder = () =>
    eventually('a holder of the lock', async () => {
      const { rows } = await database.db.query<{ pid: number }>(
        `select pid from pg_locks where locktype = 'advisory' and granted
           and database = (select oid from pg_database where datname = current_database())`,
      );
      return rows.length === 1 && rows[0]!.pid;
    });
  const former = await holder();
  await database.db.query('select pg_terminate_backend($1)', [former]);
  await tell(run, 'after the cut');
  await receiver.count(path, 6);
  expect(await holder()).not.toBe(former);
  await one.close();
  await tell(run, 'after the end');
  await receiver.count(path, 7);
  await other.close();
  expect(new Set(receiver.at(path).map(({ headers }) => headers['webhook-id'])).size).toBe(7);
});
