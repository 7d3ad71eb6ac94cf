import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { inTransaction, type Tx } from '../../src/db/db.js';
import { appendEvent } from '../../src/event/event-store.js';
import { publish } from '../../src/webhook/publish.js';
import { startApp, type AppUnderTest } from '../api/app-under-test.js';
import { insertRun, type TestRun } from '../support/rows.js';

let app: AppUnderTest;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const tellIn = (tx: Tx, { tenantId, environmentId, runId }: TestRun, message: string) =>
  appendEvent(tx, { tenantId, environmentId, runId, type: 'run_planning', message });
const tell = (run: TestRun, message: string) =>
  inTransaction(app.database.db, (tx) => tellIn(tx, run, message));
const publishAll = () => publish(app.database.db, () => new Date());
const asService = async (tenantId: string | null) => (await app.as('service', tenantId)).api;

describe('the feed', () => {
  test('is read page by page by a program, and goes on where it ended', async () => {
    const run = await insertRun(app.database.db);
    const api = await asService(run.tenantId);
    for (const message of ['a', 'b', 'c']) await tell(run, message);
    await publishAll();
    const first = await api.get('/api/v1/events?limit=2');
    expect(first).toMatchObject({ more: true, items: [{ message: 'a', version: 1 }, { message: 'b' }] });
    const second = await api.get(`/api/v1/events?limit=2&after=${first.next_after}`);
    expect(second).toMatchObject({ more: false, items: [{ message: 'c', version: 3 }] });
    const nothing = await api.get(`/api/v1/events?after=${second.next_after}`);
    expect(nothing).toEqual({ items: [], more: false, next_after: second.next_after });
    const filtered = await api.get('/api/v1/events?type=run_failed');
    expect(filtered.items).toEqual([]);
  });

  test('misses nothing: an event committed late comes late', async () => {
    const { db } = app.database;
    const [slow, quick] = [await insertRun(db), await insertRun(db)];
    const api = await asService(null);
    const tx = await db.connect();
    await tx.query('begin');
    await tellIn(tx, slow, 'slow');
    await tell(quick, 'quick');
    await publishAll();
    const before = await api.get('/api/v1/events?limit=1000');
    expect(before.items.at(-1)).toMatchObject({ message: 'quick' });
    await tx.query('commit');
    tx.release();
    await publishAll();
    const after = await api.get(`/api/v1/events?after=${before.next_after}`);
    expect(after.items.map((event: { message: string }) => event.message)).toEqual(['slow']);
  });

  test('shows a tenant its own events alone', async () => {
    const { db } = app.database;
    const [mine, other] = [await insertRun(db), await insertRun(db)];
    await tell(mine, 'mine');
    await tell(other, 'other');
    await publishAll();
    const api = await asService(mine.tenantId);
    const ids = async (query: string) =>
      (await api.get(`/api/v1/events?${query}`)).items.map((event: { message: string }) => event.message);
    expect(await ids('')).toEqual(['mine']);
    expect(await ids(`tenant_id=${other.tenantId}`)).toEqual([]);
    expect(await ids(`environment_id=${other.environmentId}`)).toEqual([]);
  });
});

test('versions of an environment rise by one in the order of commit, whoever writes at once', async () => {
  const run = await insertRun(app.database.db);
  await Promise.all(Array.from({ length: 30 }, (_, n) => tell(run, `event ${n}`)));
  await Promise.all([publishAll(), publishAll(), publishAll()]);
  const api = await asService(run.tenantId);
  const { items } = await api.get('/api/v1/events');
  expect(items.map((event: { version: number }) => event.version)).toEqual(
    Array.from({ length: 30 }, (_, n) => n + 1),
  );
  const timeline = await app.admin.get(`/api/v1/environments/${run.environmentId}/events`);
  expect(timeline.items.map((event: { event_id: string }) => event.event_id)).toEqual(
    items.map((event: { event_id: string }) => event.event_id),
  );
});
