import { createHash, randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createKeyring } from '../../src/crypto/envelope.js';
import { createLog } from '../../src/log/log.js';
import { startStateBackend, type StateBackend, type StateGrant } from '../../src/state/state-backend.js';
import { readState, releaseDeadLock } from '../../src/state/state-store.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { insertRun, type TestRun } from '../support/rows.js';

const keyring = createKeyring({ current: randomBytes(32) });
let database: TestDatabase;
let states: StateBackend;
let run: TestRun;
let grant: StateGrant;

beforeAll(async () => {
  database = await createTestDatabase();
  states = await startStateBackend({ db: database.db, keyring, log: createLog('silent', 'test') });
});
afterAll(async () => {
  await states.close();
  await database.drop();
});
beforeEach(async () => {
  run = await insertRun(database.db);
  grant = states.grant(run);
});
afterEach(() => grant.revoke());

interface Call {
  readonly by?: StateGrant;
  readonly query?: string;
  readonly body?: string;
  readonly headers?: Record<string, string>;
}

async function call(
  method: string,
  { by = grant, query = '', body, headers }: Call = {},
): Promise<{ status: number; text: string }> {
  const { TF_HTTP_ADDRESS, TF_HTTP_USERNAME, TF_HTTP_PASSWORD } = by.env;
  const basic = Buffer.from(`${TF_HTTP_USERNAME}:${TF_HTTP_PASSWORD}`).toString('base64');
  const res = await fetch(`${TF_HTTP_ADDRESS}${query}`, {
    method,
    headers: { authorization: `Basic ${basic}`, ...headers },
    body,
  });
  return { status: res.status, text: await res.text() };
}

const stateText = (serial: number, over: Record<string, unknown> = {}) =>
  JSON.stringify({ version: 4, serial, lineage: 'l', outputs: {}, resources: [], ...over });
const post = (body: string, over: Call = {}) => call('POST', { body, ...over });
const lock = (ID: string, by = grant) =>
  call('LOCK', { by, body: JSON.stringify({ ID, Operation: 'apply', Who: 'someone' }) });
const unlock = (ID: string) => call('UNLOCK', { body: JSON.stringify({ ID }) });

async function serials(): Promise<number[]> {
  const { rows } = await database.db.query<{ serial: number }>(
    'select serial from state_versions where environment_id = $1 order by serial',
    [run.environmentId],
  );
  return rows.map((row) => row.serial);
}

describe('versions', () => {
  test('none is there at first; then the newest is read, and all are kept', async () => {
    expect(await call('GET')).toMatchObject({ status: 404 });
    expect(await readState({ db: database.db, keyring }, run.environmentId)).toBeNull();
    for (const serial of [1, 2, 5]) expect(await post(stateText(serial))).toMatchObject({ status: 200 });
    expect(await call('GET')).toEqual({ status: 200, text: stateText(5) });
    expect(await serials()).toEqual([1, 2, 5]);
    expect(await readState({ db: database.db, keyring }, run.environmentId)).toMatchObject({
      serial: 5,
      lineage: 'l',
    });
  });

  test('nothing of them is in the database in clear', async () => {
    await post(
      stateText(1, { outputs: { password: { value: 'hunter2hunter2', type: 'string', sensitive: true } } }),
    );
    const { rows } = await database.db.query<{ ciphertext: Buffer; key_id: string }>(
      'select ciphertext, key_id from state_versions where environment_id = $1',
      [run.environmentId],
    );
    expect(rows[0]!.ciphertext.includes('hunter2')).toBe(false);
    expect(rows[0]!.ciphertext.includes('lineage')).toBe(false);
    expect(rows[0]!.key_id).toBe(keyring.keyId);
  });

  test('the same state sent twice is one version; the past and other lineages are refused', async () => {
    await post(stateText(3));
    expect(await post(stateText(3))).toMatchObject({ status: 200 });
    expect(await post(stateText(3, { outputs: {}, extra: 1 }))).toMatchObject({
      status: 409,
      text: 'state serial 3 is there with other content',
    });
    expect(await post(stateText(2))).toMatchObject({ status: 409, text: 'state serial 2 is older than 3' });
    expect(await post(stateText(4, { lineage: 'm' }))).toMatchObject({
      status: 409,
      text: "the state has lineage m; this environment's is l",
    });
    expect(await serials()).toEqual([3]);
  });

  test('ten writes of one state at once make one version, and each is told so', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => post(stateText(1))));
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200]));
    expect(await serials()).toEqual([1]);
  });

  test('a state that did not arrive whole, or is none, is refused', async () => {
    const md5 = (text: string) => ({ 'content-md5': createHash('md5').update(text).digest('base64') });
    expect(await post(stateText(1), { headers: md5('other') })).toMatchObject({
      status: 409,
      text: 'the state did not arrive whole: its Content-MD5 is another',
    });
    expect(await post('{"version": 4')).toMatchObject({
      status: 409,
      text: 'the state is not a Terraform state of version 4',
    });
    expect(await serials()).toEqual([]);
    expect(await post(stateText(1), { headers: md5(stateText(1)) })).toMatchObject({ status: 200 });
  });

  test('a state of 5 MB passes', async () => {
    const large = stateText(1, { check_results: 'x'.repeat(5_000_000) });
    expect(await post(large)).toMatchObject({ status: 200 });
    expect((await call('GET')).text).toBe(large);
  });
});

describe('credentials', () => {
  test.each([
    ['none', { authorization: '' }],
    ['another password', { authorization: `Basic ${Buffer.from('x:y').toString('base64')}` }],
    ['another scheme', { authorization: 'Bearer x' }],
  ])('%s: 401', async (_, headers) => {
    expect(await call('GET', { headers })).toEqual({
      status: 401,
      text: 'these credentials are for no run that is under way',
    });
  });

  test('end with the grant, and open no other environment', async () => {
    const other = states.grant(await insertRun(database.db));
    const crossed = { ...grant, env: { ...grant.env, TF_HTTP_ADDRESS: other.env['TF_HTTP_ADDRESS']! } };
    expect(await call('GET', { by: crossed })).toMatchObject({ status: 401 });
    other.revoke();
    expect(await call('GET', { by: other })).toMatchObject({ status: 401 });
  });

  test('verbs that the protocol does not need are refused', async () => {
    expect(await call('DELETE')).toMatchObject({ status: 405 });
    expect(await call('PUT', { body: '{}' })).toMatchObject({ status: 405 });
  });
});

describe('the lock', () => {
  test('is held by one; others get 423 and are told by whom', async () => {
    expect(await lock('a')).toMatchObject({ status: 200 });
    expect(await lock('a')).toMatchObject({ status: 200 });
    const refused = await lock('b');
    expect(refused.status).toBe(423);
    expect(JSON.parse(refused.text)).toMatchObject({ ID: `a, held by run ${run.runId}`, Operation: 'apply' });
  });

  test('of several at once is given to one', async () => {
    const answers = await Promise.all(['a', 'b', 'c', 'd'].map((id) => lock(id)));
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
    expect(answers.filter((answer) => answer.status === 423)).toHaveLength(3);
  });

  test('keeps writers without it out', async () => {
    await lock('a');
    expect(await post(stateText(1))).toMatchObject({ status: 423 });
    expect(await post(stateText(1), { query: '?ID=b' })).toMatchObject({ status: 423 });
    expect(await post(stateText(1), { query: '?ID=a' })).toMatchObject({ status: 200 });
  });

  test('is given back by its holder only', async () => {
    await lock('a');
    expect(await unlock('b')).toMatchObject({ status: 423 });
    expect(await unlock('a')).toMatchObject({ status: 200 });
    expect(await unlock('a')).toMatchObject({ status: 200 });
    expect(await lock('b')).toMatchObject({ status: 200 });
  });

  test('without a name is refused', async () => {
    expect(await call('LOCK', { body: 'not json' })).toMatchObject({
      status: 409,
      text: 'the lock has no ID',
    });
  });
});

describe('a worker that lost its lease', () => {
  const loseLease = () =>
    database.db.query('update runs set lease_epoch = lease_epoch + 1 where run_id = $1', [run.runId]);

  test('writes nothing and locks nothing, but may still read and unlock', async () => {
    await post(stateText(1));
    await lock('a');
    await loseLease();
    expect(await post(stateText(2), { query: '?ID=a' })).toEqual({
      status: 409,
      text: `run ${run.runId} is no longer this worker's: epoch 1 is over`,
    });
    const refused = await lock('b');
    expect(refused.status).toBe(423);
    expect(JSON.parse(refused.text)).toMatchObject({
      Who: 'another worker',
      ID: `run ${run.runId} is no longer this worker's: epoch 1 is over`,
    });
    expect(await serials()).toEqual([1]);
    expect(await call('GET')).toMatchObject({ status: 200 });
    expect(await unlock('a')).toMatchObject({ status: 200 });
  });

  test('leaves a lock that its successor frees; a live one is not freed', async () => {
    await lock('a');
    expect(await releaseDeadLock(database.db, run.environmentId)).toBe(false);
    await loseLease();
    expect(await releaseDeadLock(database.db, run.environmentId)).toBe(true);
    const successor = states.grant({ ...run, epoch: 2 });
    expect(await lock('b', successor)).toMatchObject({ status: 200 });
  });

  test('is out when its run is finished, too', async () => {
    await lock('a');
    await database.db.query('update runs set finished_at = now() where run_id = $1', [run.runId]);
    expect(await post(stateText(1), { query: '?ID=a' })).toMatchObject({ status: 409 });
    expect(await releaseDeadLock(database.db, run.environmentId)).toBe(true);
  });
});
