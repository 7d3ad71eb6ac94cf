import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Json } from '../support/api.js';
import { startApp, type AppUnderTest } from '../api/app-under-test.js';
import { inTransaction } from '../../src/db/db.js';
import { keepLeft, markDiverged, openLefts } from '../../src/state/left-store.js';
import { takeLock } from '../../src/state/state-store.js';
import { insertStateVersion, lineage, stateText } from '../api/state-version.js';

let app: AppUnderTest;
beforeAll(async () => {
  app = await startApp({ maxEnvironments: 1000 });
});
afterAll(() => app.close());

let id: string;
let name: string;
let runId: string;
const at = (rest = '') => `/api/v1/environments/${id}/state-versions${rest}`;
const big = '9007199254740993';

/** A ready environment with three states; the second lost a bucket and has a larger database. */
beforeEach(async () => {
  const { body } = await app.admin.call('POST', '/api/v1/environments', await app.admin.request());
  ({ environment_id: id, run_id: runId, name } = body);
  const bucket = { 'aws_s3_bucket.logs': { bucket: 'logs' } };
  const database = (size: number) => ({
    'aws_db_instance.main': { size, password: 'hunter2hunter2', tags: {} },
  });
  await insert(1, { ...bucket, ...database(10) });
  await insert(2, { ...database(20), 'aws_sqs_queue.jobs': { fifo: true } });
  await insert(3, database(20));
  await settle('ready');
});
const insert = (serial: number, resources: Readonly<Record<string, object>>) =>
  insertStateVersion(app.database.db, { environmentId: id, runId }, serial, resources);

async function settle(status: string): Promise<void> {
  const { db } = app.database;
  await db.query(`update runs set finished_at = now(), status = 'succeeded' where environment_id = $1`, [id]);
  await db.query(`update environments set status = $2, settled_status = $2 where environment_id = $1`, [
    id,
    status,
  ]);
}

const restore = (serial: number, body: Record<string, unknown> = {}) =>
  app.admin.call('POST', at(`/${serial}/restore`), {
    confirm: name,
    reason: 'the bucket must come back',
    ...body,
  });
const serials = async () => (await app.admin.get(at())).items.map((one: Json) => one.serial);

describe('reading', () => {
  test('the list is paged, newest first, and tells who wrote what', async () => {
    const first = await app.admin.get(at('?limit=2'));
    expect(first.items).toMatchObject([
      { serial: 3, run_id: runId, lineage, resource_count: 1, restored_from: null, object_version: null },
      { serial: 2 },
    ]);
    const { items, next_cursor } = await app.admin.get(at(`?limit=2&cursor=${first.next_cursor}`));
    expect([items.map((one: Json) => one.serial), next_cursor]).toEqual([[1], null]);
    expect(await app.admin.call('GET', at('/7'))).toMatchObject({
      status: 404,
      body: { detail: `no state version 7 of environment ${id}` },
    });
  });

  test('a difference has names and no values, whichever way it is asked', async () => {
    const expected = {
      from_serial: 1,
      to_serial: 2,
      added: ['aws_sqs_queue.jobs'],
      removed: ['aws_s3_bucket.logs'],
      changed: [{ address: 'aws_db_instance.main', attributes: ['size'] }],
      outputs: [],
    };
    for (const path of ['/1?diff=2', '/2?diff=1']) {
      const { diff } = await app.admin.get(at(path));
      expect(diff).toEqual(expected);
    }
    expect((await app.admin.get(at('/1'))).diff).toBeNull();
  });

  test('the content needs the right and leaves a line in the audit log, without the state', async () => {
    const { api } = await app.as('operator');
    expect(await api.call('GET', at('/1/content'))).toMatchObject({ status: 403 });
    const { status, body, headers } = await app.admin.call('GET', at('/1/content'));
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(body.resources[1].instances[0].attributes.password).toBe('hunter2hunter2');
    const { items } = await app.admin.get('/api/v1/audit?limit=10');
    const line = items.find((one: Json) => one.action.endsWith('/content') && one.result === 'done');
    expect(line).toMatchObject({ actor_name: 'admin-token', status: 200, before: null, after: null });
    expect(JSON.stringify(items)).not.toContain('hunter2');
  });
});

describe('putting a former state back', () => {
  test('makes a newer version of the same bytes but for the serial, marks the environment and is audited', async () => {
    const answer = await restore(1);
    expect(answer).toMatchObject({
      status: 201,
      body: { serial: 4, lineage, run_id: null, restored_from: 1, restored_by: 'admin-token' },
    });
    expect(await serials()).toEqual([4, 3, 2, 1]);
    const { db } = app.database;
    const content = await app.bare('GET', at('/4/content'), { authorization: `Bearer ${app.adminToken}` });
    const former = await app.bare('GET', at('/1/content'), { authorization: `Bearer ${app.adminToken}` });
    expect(content.body).toEqual({ ...former.body, serial: 4 });
    const environment = await app.admin.get(`/api/v1/environments/${id}`);
    expect(environment.state_restored).toMatchObject({
      serial: 4,
      from_serial: 1,
      reason: 'the bucket must come back',
    });
    const { rows } = await db.query(
      `select type from events where environment_id = $1 and type = 'state_restored'`,
      [id],
    );
    expect(rows).toHaveLength(1);
    const { items } = await app.admin.get('/api/v1/audit?limit=5');
    expect(items).toContainEqual(
      expect.objectContaining({ action: expect.stringMatching(/restore$/), result: 'done', status: 201 }),
    );
  });

  test('is done once when asked twice at once with another newest state in mind', async () => {
    const answers = await Promise.all([restore(1), restore(2)]);
    expect(answers.map(({ status }) => status)).toEqual([201, 201]);
    expect(await serials()).toEqual([5, 4, 3, 2, 1]);
  });

  interface Refusal {
    readonly what: string;
    readonly before?: () => Promise<unknown>;
    readonly serial?: number;
    readonly body?: Record<string, unknown>;
    readonly status: number;
    readonly code: string;
    readonly text: () => string;
  }
  const setRows = (table: string, set: string) =>
    app.database.db.query(`update ${table} set ${set} where environment_id = $1`, [id]);
  test.each<Refusal>([
    {
      what: 'without the name',
      body: { confirm: 'shop' },
      status: 422,
      code: 'invalid_request',
      text: () => `confirm: must be the name of the environment, ${name}`,
    },
    {
      what: 'without a reason',
      body: { reason: '' },
      status: 422,
      code: 'invalid_request',
      text: () => 'reason: ',
    },
    {
      what: 'of the newest',
      serial: 3,
      status: 422,
      code: 'invalid_request',
      text: () => `serial: is the newest state of environment ${id}: name a former one`,
    },
    {
      what: 'of none',
      serial: 9,
      status: 404,
      code: 'not_found',
      text: () => `no state version 9 of environment ${id}`,
    },
    {
      what: 'while a run is active',
      before: () => setRows('runs', `finished_at = null, status = 'planning'`),
      status: 409,
      code: 'active_run',
      text: () => `environment ${id} already has an active run ${runId}`,
    },
    {
      what: 'of a destroyed environment',
      before: () => settle('destroyed'),
      status: 409,
      code: 'action_not_allowed',
      text: () => `environment ${id} is destroyed: restore is not possible`,
    },
    {
      what: 'of another lineage',
      before: () => setRows('state_versions', `lineage = case serial when 1 then 'other' else lineage end`),
      status: 409,
      code: 'state_conflict',
      text: () =>
        `state 1 has lineage other; the newest of environment ${id} is of another: nothing was written`,
    },
  ])('$what is refused', async ({ before, serial = 1, body, status, code, text }) => {
    await before?.();
    const answer = await restore(serial, body);
    expect(answer).toMatchObject({ status, body: { code, detail: expect.stringContaining(text()) } });
    expect(await serials()).toEqual([3, 2, 1]);
  });

  test('needs an admin', async () => {
    for (const role of ['operator', 'approver', 'viewer'] as const) {
      const { api } = await app.as(role);
      const answer = await api.call('POST', at('/1/restore'), { confirm: name, reason: 'a drill' });
      expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    }
    const { api } = await app.as('admin', app.tenantId);
    expect(await api.call('POST', at('/1/restore'), { confirm: name, reason: 'a drill' })).toMatchObject({
      status: 201,
    });
  });

  test('a state in the bucket of the customer is read and put back there, and the text says so', async () => {
    await app.database.db.query(
      `update state_versions set ciphertext = null, key_id = null, object_version = 'v1' where environment_id = $1 and serial = 1`,
      [id],
    );
    const told = {
      status: 409,
      body: {
        code: 'state_in_bucket',
        detail: `state 1 of environment ${id} is in the bucket of its account, as version v1 of its object: read it, or put it back, there`,
      },
    };
    expect(await app.admin.call('GET', at('/1/content'))).toMatchObject(told);
    expect(await app.admin.call('GET', at('/1?diff=2'))).toMatchObject(told);
    expect(await restore(1)).toMatchObject(told);
    expect(await app.admin.call('GET', at('/1'))).toMatchObject({
      status: 200,
      body: { object_version: 'v1' },
    });
  });
});

test('a number that no double holds survives', async () => {
  const { withSerial } = await import('../../src/state/state-rules.js');
  const text = stateText(1, { 'a.b': { n: 1 } }).replace('"n": 1', `"n": ${big}`);
  expect(withSerial(text, 12)).toBe(text.replace('"serial": 1', '"serial": 12'));
  expect(() => withSerial('{"version": 4}', 2)).toThrow('the state is not a Terraform state of version 4');
});

describe('a state that has diverged', () => {
  const reason = 'the state that run x left knows more';
  const bucketAgain = { 'aws_s3_bucket.logs': { bucket: 'logs' } };
  /** Serial 9, of an apply that could not store it. */
  beforeEach(async () => {
    const { db } = app.database;
    const body = Buffer.from(stateText(9, bucketAgain));
    await keepLeft(db, app.keyring, { environmentId: id, runId, epoch: 1, body, why: 'away' });
    const [left] = await openLefts(db, id);
    const mark = { reason, left_state_id: left!.leftStateId };
    await inTransaction(db, (tx) =>
      markDiverged(tx, { environmentId: id, tenantId: app.tenantId, runId }, mark),
    );
  });
  const env = (rest = '') => `/api/v1/environments/${id}${rest}`;
  const repair = (body: Record<string, unknown>) =>
    app.admin.call('POST', env('/state/repair'), { confirm: name, reason: 'we have looked', ...body });

  test.each([
    ['DELETE', '', undefined],
    ['POST', '/drift-check', undefined],
    ['POST', '/state-versions/1/restore', { confirm: 'NAME', reason: 'a drill' }],
  ])('%s %s is refused, and the text says what to do', async (method, path, body: Json) => {
    const sent = body?.confirm === 'NAME' ? { ...body, confirm: name } : body;
    const { status, body: answer } = await app.admin.call(method, env(path), sent);
    const { since } = (await app.admin.get(env())).state_diverged;
    expect({ status, code: answer.code, detail: answer.detail }).toEqual({
      status: 409,
      code: 'state_diverged',
      detail: `the state of environment ${id} has diverged since ${since}: ${reason}; decide with POST ${env()}/state/repair`,
    });
  });

  test.each([
    { take: 'left_state', newest: 9, resources: ['aws_s3_bucket'] },
    { take: 'stored_version', serial: 1, newest: 4, resources: ['aws_db_instance', 'aws_s3_bucket'] },
    { take: 'current', newest: 3, resources: ['aws_db_instance'] },
  ])('$take: that state holds, nothing is blocked, and who decided is kept', async (choice) => {
    const { newest, resources, ...body } = choice;
    expect((await app.admin.call('GET', env('/state/left'))).body).toMatchObject({ serial: 9 });
    expect(await repair(body)).toMatchObject({ status: 200, body: { state_diverged: null } });
    expect((await serials())[0]).toBe(newest);
    const { resources: held } = (await app.admin.call('GET', at(`/${newest}/content`))).body;
    expect(held.map((one: Json) => one.type).sort()).toEqual(resources);
    expect(await openLefts(app.database.db, id)).toEqual([]);
    expect(await app.admin.call('POST', env('/drift-check'))).toMatchObject({ status: 202 });
    const { items } = await app.admin.get(env('/events?limit=100'));
    const told = items.filter((one: Json) => /^state_(diverged|repaired)/.test(one.type));
    expect(told).toMatchObject([
      { type: 'state_diverged' },
      { type: 'state_repaired', data: { take: body.take } },
    ]);
    expect(await repair(body)).toMatchObject({
      status: 409,
      body: { detail: `the state of environment ${id} has not diverged: repair is not possible` },
    });
  });

  test('a decision needs an admin, the name, and a version that is there', async () => {
    const { api } = await app.as('operator');
    const body = { take: 'current', confirm: name, reason: 'a drill' };
    expect(await api.call('POST', env('/state/repair'), body)).toMatchObject({ status: 403 });
    expect(await api.call('GET', env('/state/left'))).toMatchObject({ status: 403 });
    const refused = async (over: Record<string, unknown>) => (await repair({ ...body, ...over })).body.detail;
    expect(await refused({ confirm: 'shop' })).toBe(`confirm: must be the name of the environment, ${name}`);
    expect(await refused({ take: 'stored_version', serial: 7 })).toBe(
      `no state version 7 of environment ${id}`,
    );
    expect(await refused({ take: 'all' })).toMatch(/^take: /);
    expect((await app.admin.get(env())).state_diverged.reason).toBe(reason);
  });
});

describe('the lock', () => {
  const env = (rest: string) => `/api/v1/environments/${id}${rest}`;
  const unlock = (api = app.admin, confirm = name) =>
    api.call('POST', env('/unlock'), { confirm, reason: 'its worker is gone' });
  const worker = 'host/1/2/3';
  /** Held by epoch 2 of the run. */
  beforeEach(async () => {
    const { db } = app.database;
    await db.query(
      `update runs set lease_epoch = 2, lease_owner = $2, finished_at = null, status = 'applying' where run_id = $1`,
      [runId, worker],
    );
    const writer = { environmentId: id, runId, epoch: 2 };
    await inTransaction(db, (tx) => takeLock(tx, writer, { lockId: 'lock-1', info: { ID: 'lock-1' } }));
  });
  const proof = (alive: boolean) => ({
    lock: { lock_id: 'lock-1', run_id: runId, epoch: 2, worker, alive, locked_at: expect.any(String) },
  });

  test('of a living epoch stays, and the text says whose it is', async () => {
    expect(await app.admin.get(env('/lock'))).toEqual(proof(true));
    expect(await unlock()).toMatchObject({
      status: 423,
      body: {
        code: 'state_locked',
        detail: `the state of environment ${id} is locked by run ${runId}, epoch 2, worker ${worker}, whose lease is not over: cancel the run, or wait until its worker is taken for dead`,
      },
    });
    expect(await app.admin.get(env('/lock'))).toEqual(proof(true));
  });

  test('of an epoch that is over is freed by an admin who types the name, once; the timeline and the audit tell', async () => {
    await app.database.db.query('update runs set lease_epoch = 3 where run_id = $1', [runId]);
    const { api } = await app.as('operator');
    expect(await unlock(api)).toMatchObject({ status: 403 });
    expect((await unlock(app.admin, 'shop')).body.detail).toBe(
      `confirm: must be the name of the environment, ${name}`,
    );
    expect(await unlock()).toMatchObject({ status: 200, body: proof(false) });
    expect(await app.admin.get(env('/lock'))).toEqual({ lock: null });
    expect(await unlock()).toMatchObject({
      status: 409,
      body: { detail: `the state of environment ${id} is not locked: unlock is not possible` },
    });
    const { items } = await app.admin.get(env('/events?limit=100'));
    expect(items.find((one: Json) => one.type === 'state_unlocked')).toMatchObject({
      message: `admin-token freed the lock of run ${runId}, epoch 2, worker ${worker}: its worker is gone`,
    });
    const { items: lines } = await app.admin.get('/api/v1/audit?limit=10');
    expect(lines).toContainEqual(
      expect.objectContaining({ action: expect.stringMatching(/unlock$/), result: 'done' }),
    );
  });
});
