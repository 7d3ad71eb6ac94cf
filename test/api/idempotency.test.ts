import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { claimKey, deleteOldKeys, freeKey, storeAnswer } from '../../src/idempotency/idempotency-store.js';
import { startApp, type AppUnderTest } from './app-under-test.js';

let app: AppUnderTest;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const post = (key: string, path: string, body?: unknown) =>
  app.admin.call('POST', path, body, { 'idempotency-key': key });

describe('the same Idempotency-Key', () => {
  test('with the same body gets the same answer, and only one environment is made', async () => {
    const body = await app.admin.request();
    const first = await post('k-1', '/api/v1/environments', body);
    const reordered = Object.fromEntries(Object.entries(body).reverse());
    const second = await post('k-1', '/api/v1/environments', reordered);
    expect(first.status).toBe(202);
    expect(first.headers.get('idempotency-replayed')).toBeNull();
    expect([second.status, second.body]).toEqual([first.status, first.body]);
    expect(second.headers.get('location')).toBe(`/api/v1/environments/${first.body.environment_id}`);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    expect((await app.admin.get(`/api/v1/environments?q=${body['name']}`)).items).toHaveLength(1);
  });

  test('sent ten times at once makes one environment; the others are told to ask again or get its answer', async () => {
    const body = await app.admin.request();
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => post('k-many', '/api/v1/environments', body)),
    );
    const ids = new Set(
      answers.filter(({ status }) => status === 202).map((answer) => answer.body.environment_id),
    );
    expect(ids.size).toBe(1);
    for (const { status, body: told } of answers.filter((answer) => answer.status !== 202))
      expect([status, told.code]).toEqual([409, 'idempotency_in_progress']);
  });

  test('with another body or path is refused', async () => {
    const body = await app.admin.request();
    await post('k-2', '/api/v1/environments', body);
    const detail = 'Idempotency-Key k-2 was used with another body, path or tenant: use a new key';
    const otherBody = await post('k-2', '/api/v1/environments', { ...body, name: 'other' });
    expect(otherBody).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused', detail } });
    const otherPath = await post('k-2', '/api/v1/tenants', { name: 'T', slug: 't' });
    expect(otherPath).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused', detail } });
  });

  test('is of one token: another token may use the same one', async () => {
    const other = await app.as('admin');
    await post('k-3', '/api/v1/environments', await app.admin.request());
    const answer = await other.api.call('POST', '/api/v1/environments', await app.admin.request(), {
      'idempotency-key': 'k-3',
    });
    expect(answer.status).toBe(202);
    expect(answer.headers.get('idempotency-replayed')).toBeNull();
  });

  test('replays a refusal with its problem type', async () => {
    const first = await post('k-4', '/api/v1/runs/run_none/cancel');
    const second = await post('k-4', '/api/v1/runs/run_none/cancel');
    expect(first).toMatchObject({ status: 404, body: { detail: 'no run run_none' } });
    expect([second.status, second.body]).toEqual([404, first.body]);
    expect(second.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  });

  test('replays a new token although the database does not know its text', async () => {
    const body = { name: 'ci', role: 'viewer' };
    const first = await post('k-5', '/api/v1/tokens', body);
    const second = await post('k-5', '/api/v1/tokens', body);
    expect(first.status).toBe(201);
    expect(second.body).toEqual(first.body);
    const { rows } = await app.database.db.query('select * from idempotency_keys');
    expect(JSON.stringify(rows)).not.toContain(first.body.token);
  });

  test.each(['', 'a b', 'x'.repeat(256)])('%j is not a key', async (key) => {
    expect(await post(key, '/api/v1/tenants', { name: 'T', slug: 't' })).toMatchObject({
      status: 422,
      body: {
        detail: 'Idempotency-Key: must be 1 to 255 visible ASCII characters',
        errors: [{ path: 'Idempotency-Key', message: 'must be 1 to 255 visible ASCII characters' }],
      },
    });
  });
});

test('a fault of ours frees the key, tells nothing of the database, and the same request can be sent again', async () => {
  const own = await startApp();
  try {
    const { db } = own.database;
    const body = await own.admin.request();
    const send = () => own.admin.call('POST', '/api/v1/environments', body, { 'idempotency-key': 'k' });
    await db.query('alter table outbox rename to outbox_away');
    const failed = await send();
    expect([failed.status, failed.body.code, failed.body.detail]).toEqual([
      500,
      'internal',
      'an internal fault',
    ]);
    await db.query('alter table outbox_away rename to outbox');
    const again = await send();
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([202, null]);
  } finally {
    await own.close();
  }
});

describe('a claim', () => {
  const request = (key: string) => ({ tokenId: 'tok_1', key, requestSha256: 'x' });
  const age = (key: string, interval: string) =>
    app.database.db.query('update idempotency_keys set created_at = now() - $2::interval where key = $1', [
      key,
      interval,
    ]);

  test('that failed is freed and can be made again', async () => {
    const { db } = app.database;
    const first = await claimKey(db, request('c-1'));
    if (first.kind !== 'claimed') throw new Error(first.kind);
    expect((await claimKey(db, request('c-1'))).kind).toBe('in_progress');
    await freeKey(db, first.claim);
    expect((await claimKey(db, request('c-1'))).kind).toBe('claimed');
  });

  test('whose process died is given up after two minutes, and its late answer is not kept', async () => {
    const { db } = app.database;
    const first = await claimKey(db, request('c-2'));
    if (first.kind !== 'claimed') throw new Error(first.kind);
    await age('c-2', '3 minutes');
    expect((await claimKey(db, request('c-2'))).kind).toBe('claimed');
    await storeAnswer(db, first.claim, { status: 200, headers: {}, body: null });
    expect((await claimKey(db, request('c-2'))).kind).toBe('in_progress');
  });

  test('is forgotten after 24 hours', async () => {
    const { db } = app.database;
    await claimKey(db, request('c-3'));
    await age('c-3', '25 hours');
    expect(await deleteOldKeys(db)).toBe(1);
  });
});
