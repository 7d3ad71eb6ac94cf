/** States in a customer's bucket: the verbs of terraform's backend against a stand-in for S3, and what a session may do there. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createKeyring } from '../../src/crypto/envelope.js';
import { assumeSession, type SessionKeys } from '../../src/credentials/session.js';
import { getEnvironment } from '../../src/environment/environment-store.js';
import { createLog } from '../../src/log/log.js';
import { getRun } from '../../src/run/run-store.js';
import { isLeftBehind, parseLock, stateKeys, statePolicy } from '../../src/state/bucket-rules.js';
import { startStateBackend, type StateBackend, type StateGrant } from '../../src/state/state-backend.js';
import { openStateBucket, type StateBucket } from '../../src/state/state-bucket.js';
import { bucketStates, type StateSource } from '../../src/state/state-source.js';
import { latestVersion, openVersion } from '../../src/state/state-store.js';
import { assertNotGoneBack } from '../../worker/left-states.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { applyRole, customer } from '../support/fake-aws/customer.js';
import { startFakeAws, type FakeAws } from '../support/fake-aws/server.js';
import { Refusal, type FakeBucket } from '../support/fake-aws/world.js';
import { insertRun, type TestRun } from '../support/rows.js';

const account = '250000000001';
const region = 'eu-central-1';
const kmsKeyArn = `arn:aws:kms:${region}:${account}:key/11111111-2222-3333-4444-555555555555`;
const keyring = createKeyring({ current: randomBytes(32) });
let aws: FakeAws;
let database: TestDatabase;
let states: StateBackend;
let run: TestRun;
let keys: SessionKeys;
let bucket: StateBucket;
let source: StateSource;
let grant: StateGrant;

beforeAll(async () => {
  [aws, database] = await Promise.all([startFakeAws({ [account]: customer('ours') }), createTestDatabase()]);
  states = await startStateBackend({ db: database.db, keyring, log: createLog('silent', 'test') });
});
afterAll(async () => {
  await states.close();
  await aws.close();
  await database.drop();
});

const there = (): FakeBucket => aws.world.buckets.get('states')!;
const objectOf = (kind: 'state' | 'lock') => there().objects.get(stateKeys(run.environmentId)[kind])?.at(-1);
const stateText = (serial: number, over: Record<string, unknown> = {}) =>
  JSON.stringify({ version: 4, serial, lineage: 'l', outputs: {}, resources: [], ...over });

const openBucket = (environmentId = run.environmentId) =>
  openStateBucket(aws, {
    location: { kind: 's3', bucket: 'states', region, kmsKeyArn },
    account: { cloudAccountId: account },
    environmentId,
    keys: async () => keys,
  });
const sourceOf = (writer: TestRun) =>
  bucketStates({ db: database.db, keyring, states, writer }, openBucket(writer.environmentId));

beforeEach(async () => {
  run = await insertRun(database.db);
  aws.world.buckets.set('states', { account, region, versioning: true, objects: new Map() });
  keys = await assumeSession(aws, {
    roleArn: applyRole(account),
    externalIds: ['ours'],
    region,
    name: 'terrace-test',
    policy: statePolicy({
      bucket: 'states',
      kmsKeyArn,
      environmentId: run.environmentId,
      partition: 'aws',
    }),
  });
  bucket = openBucket();
  source = sourceOf(run);
  grant = source.grant();
});

async function call(
  method: string,
  { by = grant, body, query = '' }: { by?: StateGrant; body?: string; query?: string } = {},
): Promise<{ status: number; text: string }> {
  const { TF_HTTP_ADDRESS, TF_HTTP_USERNAME, TF_HTTP_PASSWORD } = by.env;
  const basic = Buffer.from(`${TF_HTTP_USERNAME}:${TF_HTTP_PASSWORD}`).toString('base64');
  const res = await fetch(`${TF_HTTP_ADDRESS}${query}`, {
    method,
    headers: { authorization: `Basic ${basic}` },
    body,
  });
  return { status: res.status, text: await res.text() };
}
const post = (body: string, lockId?: string, by = grant) =>
  call('POST', { by, body, query: lockId === undefined ? '' : `?ID=${lockId}` });
const lock = (ID: string, by = grant) =>
  call('LOCK', { by, body: JSON.stringify({ ID, Operation: 'apply', Info: '', Who: 'someone@here' }) });
const unlock = (ID: string, by = grant) => call('UNLOCK', { by, body: JSON.stringify({ ID }) });

describe('a state in the bucket', () => {
  test('is there alone: the database tells of it, and holds nothing of it', async () => {
    expect(await call('GET')).toMatchObject({ status: 404 });
    expect(await source.read()).toBeNull();
    const secret = stateText(1, { outputs: { p: { value: 'hunter2', type: 'string', sensitive: true } } });
    expect(await post(secret)).toMatchObject({ status: 200 });
    expect(await post(stateText(2))).toMatchObject({ status: 200 });
    expect(await call('GET')).toEqual({ status: 200, text: stateText(2) });
    expect(await source.read()).toMatchObject({ serial: 2, lineage: 'l' });
    expect(objectOf('state')).toMatchObject({ body: stateText(2), algorithm: 'aws:kms', kmsKeyArn });
    const { rows } = await database.db.query<Record<string, unknown>>(
      `select serial, object_version, ciphertext, key_id, size_bytes from state_versions
       where environment_id = $1 order by serial`,
      [run.environmentId],
    );
    const versions = there().objects.get(stateKeys(run.environmentId).state)!;
    expect(rows).toEqual(
      [secret, stateText(2)].map((text, at) => ({
        serial: at + 1,
        object_version: versions[at]!.version,
        ciphertext: null,
        key_id: null,
        size_bytes: text.length,
      })),
    );
    const stored = await latestVersion(database.db, run.environmentId);
    expect(() => openVersion(keyring, run.environmentId, stored!)).toThrow(
      `state 2 of environment ${run.environmentId} is in the bucket of its account, not here`,
    );
  });

  test('follows the rules of every state: no way back, no other lineage, the same once', async () => {
    await post(stateText(3));
    expect(await post(stateText(3))).toMatchObject({ status: 200 });
    expect(await post(stateText(2))).toMatchObject({ status: 409, text: 'state serial 2 is older than 3' });
    expect((await post(stateText(4, { lineage: 'm' }))).text).toBe(
      "the state has lineage m; this environment's is l",
    );
    expect(there().objects.get(stateKeys(run.environmentId).state)).toHaveLength(1);
  });

  test('that went back, is gone or is of another lineage blocks the environment; one that went on does not', async () => {
    await post(stateText(3));
    const { db } = database;
    const ctx = { run: await getRun(db, null, run.runId), lease: run };
    const put = (text: string) => bucket.state.write(text, objectOf('state')!.etag);
    await put(stateText(5));
    await assertNotGoneBack({ db }, ctx, source);
    const went = 'but state 3 of lineage l was written last';
    for (const [text, there] of [
      [stateText(2), 'state 2 of lineage l is in the bucket'],
      [stateText(4, { lineage: 'm' }), 'state 4 of lineage m is in the bucket'],
    ] as const) {
      await put(text);
      await expect(assertNotGoneBack({ db }, ctx, source)).rejects.toMatchObject({
        code: 'state_diverged',
        message: expect.stringContaining(`${there}, ${went}`),
      });
    }
    const { stateDiverged } = await getEnvironment(db, null, run.environmentId);
    expect(stateDiverged).toMatchObject({ reason: expect.stringContaining(went), left_state_id: null });
    there().objects.delete(stateKeys(run.environmentId).state);
    await expect(assertNotGoneBack({ db }, ctx, source)).rejects.toThrow(
      `no state is in the bucket, ${went}`,
    );
  });

  test('that somebody else has changed since it was read is not overwritten', async () => {
    await post(stateText(1));
    const before = objectOf('state')!;
    expect(await bucket.state.write(stateText(7), before.etag)).not.toBeNull();
    expect(await post(stateText(2))).toEqual({
      status: 409,
      text: `s3://states/environments/${run.environmentId}/terraform.tfstate was changed since this run has read it; nothing was overwritten`,
    });
    expect(objectOf('state')!.body).toBe(stateText(7));
    expect(await source.read()).toMatchObject({ serial: 7 });
  });

  test('whose answer was lost on the way is not taken for a change by somebody else', async () => {
    await post(stateText(1));
    await bucket.state.write(stateText(2), objectOf('state')!.etag);
    expect(await post(stateText(2))).toMatchObject({ status: 200 });
  });

  test('that terraform could not hand over is saved later, under the same rules', async () => {
    await post(stateText(1));
    await source.rescue(Buffer.from(stateText(2)));
    expect(await source.read()).toMatchObject({ serial: 2 });
    await expect(source.rescue(Buffer.from(stateText(1)))).rejects.toThrow('state serial 1 is older than 2');
  });

  test('cannot be reached: terraform asks again when that may help, and only then', async () => {
    aws.failNext('GetObject', new Refusal('AccessDenied', 'no', 403));
    expect(await call('GET')).toMatchObject({ status: 409 });
    for (let at = 0; at < 3; at++) aws.failNext('GetObject', new Refusal('SlowDown', 'slow', 503));
    expect(await call('GET')).toMatchObject({ status: 503 });
    aws.world.buckets.delete('states');
    await expect(source.read()).rejects.toMatchObject({
      code: 'state_bucket_not_usable',
      message: `could not read s3://states/environments/${run.environmentId}/terraform.tfstate: there is no such bucket; correct the state of the account and verify it`,
    });
  });
});

describe('the lock in the bucket', () => {
  test('is as terraform would write it, and is removed with the one in the database', async () => {
    expect(await lock('a')).toMatchObject({ status: 200 });
    expect(JSON.parse(objectOf('lock')!.body)).toEqual({
      ID: 'a',
      Operation: 'apply',
      Info: 'terrace',
      Who: `run ${run.runId}`,
    });
    expect(await post(stateText(1))).toMatchObject({ status: 423 });
    expect(await post(stateText(1), 'a')).toMatchObject({ status: 200 });
    expect(await unlock('b')).toMatchObject({ status: 423 });
    expect(objectOf('lock')).toBeDefined();
    expect(await unlock('a')).toMatchObject({ status: 200 });
    expect(objectOf('lock')).toBeUndefined();
    expect(await lock('b')).toMatchObject({ status: 200 });
  });

  test("of a person's terraform keeps a run out, and names the person", async () => {
    await bucket.lock.write(JSON.stringify({ ID: 'x', Info: '', Who: 'kim@laptop' }), null);
    expect(await source.lockedBy()).toMatch(/^kim@laptop at s3:/);
    const refused = await lock('a');
    expect(refused.status).toBe(423);
    expect(JSON.parse(refused.text)).toMatchObject({
      ID: `x, held by kim@laptop at s3://states/environments/${run.environmentId}/terraform.tfstate.tflock`,
    });
    await bucket.lock.remove();
    expect(await lock('a')).toMatchObject({ status: 200 });
  });

  test('that no one can read keeps a run out, too', async () => {
    await bucket.lock.write('?', null);
    expect(JSON.parse((await lock('a')).text).ID).toContain('a lock that cannot be read');
  });

  test('of a run that is over is taken over by its successor', async () => {
    await lock('a');
    await database.db.query('update runs set lease_epoch = 2 where run_id = $1', [run.runId]);
    await database.db.query('delete from state_locks where environment_id = $1', [run.environmentId]);
    const successor = sourceOf({ ...run, epoch: 2 }).grant();
    expect(await lock('b', successor)).toMatchObject({ status: 200 });
    expect(JSON.parse(objectOf('lock')!.body)).toMatchObject({ ID: 'b' });
  });

  test('is not taken when the bucket cannot be reached, and the one in the database is given back', async () => {
    aws.failNext('PutObject', new Refusal('AccessDenied', 'no', 403));
    expect(await lock('a')).toMatchObject({ status: 409 });
    expect(await lock('b')).toMatchObject({ status: 200 });
  });

  test('is told from others by its mark', () => {
    expect(isLeftBehind(parseLock('{"ID":"a","Info":"terrace"}'))).toBe(true);
    expect(isLeftBehind(parseLock('{"ID":"a","Info":""}'))).toBe(false);
    expect(parseLock('{"ID":1}')).toBeNull();
  });
});

describe('a worker that lost its lease', () => {
  test('writes nothing and locks nothing, but may still read', async () => {
    await post(stateText(1));
    await database.db.query('update runs set lease_epoch = 2 where run_id = $1', [run.runId]);
    const lost = `run ${run.runId} is no longer this worker's: epoch 1 is over`;
    expect(await post(stateText(2))).toEqual({ status: 409, text: lost });
    expect(await lock('a')).toMatchObject({ status: 423 });
    await expect(source.rescue(Buffer.from(stateText(2)))).rejects.toMatchObject({ code: 'lease_lost' });
    expect(await call('GET')).toEqual({ status: 200, text: stateText(1) });
  });

  test('whose write was already on its way makes the successor stop, and nothing is lost', async () => {
    await post(stateText(1));
    await database.db.query('update runs set lease_epoch = 2 where run_id = $1', [run.runId]);
    const successor = sourceOf({ ...run, epoch: 2 }).grant();
    expect(await call('GET', { by: successor })).toMatchObject({ status: 200 });
    await bucket.state.write(stateText(2, { check_results: 'of the old worker' }), objectOf('state')!.etag);
    expect(await post(stateText(2), undefined, successor)).toMatchObject({ status: 409 });
    expect(objectOf('state')!.body).toContain('of the old worker');
  });
});

test('the session for states reaches one environment: no other one, no other key, no other bucket', async () => {
  const other = openBucket('env_other');
  await expect(other.state.read()).rejects.toMatchObject({ code: 'cloud_access_denied' });
  await expect(other.lock.write('{}', null)).rejects.toMatchObject({ code: 'cloud_access_denied' });
  await expect(bucket.state.remove()).rejects.toMatchObject({ code: 'cloud_access_denied' });
  aws.world.buckets.set('states', { ...there(), account: '250000000002' });
  await expect(bucket.state.read()).rejects.toMatchObject({ code: 'cloud_access_denied' });
});
