import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { breakerState } from '../../src/account/breaker-rules.js';
import {
  breakerHold,
  listBreakers,
  noteCloudFailure,
  noteCloudSuccess,
} from '../../src/account/breaker-store.js';
import { blockedBy } from '../../src/run/blocked-by.js';
import { getRun } from '../../src/run/run-store.js';
import { claimOne } from '../support/claim.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { insertRun, type TestRun } from '../support/rows.js';

let database: TestDatabase;
let one: TestRun;
let other: TestRun;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** Two queued runs of the same account and region. */
beforeEach(async () => {
  [one, other] = [await insertRun(database.db), await insertRun(database.db)];
  const { db } = database;
  await db.query(`update environments set account_id = $2 where environment_id = $1`, [
    other.environmentId,
    one.accountId,
  ]);
  await db.query(
    `update runs set status = 'queued', lease_owner = null, lease_expires_at = null where run_id = any ($1)`,
    [[one.runId, other.runId]],
  );
});

const rules = { failures: 3, openSeconds: 60 };
const fail = async (times: number) => {
  for (let n = 0; n < times; n++)
    await noteCloudFailure(database.db, one, { rules, error: 'terraform could not plan: Rate exceeded' });
};
const timeOver = () =>
  database.db.query(`update circuit_breakers set open_until = now() - interval '1 s' where account_id = $1`, [
    one.accountId,
  ]);
const claim = ({ runId }: TestRun) =>
  claimOne(database.db, { runId, from: 'queued', to: 'planning', owner: 'a', leaseSeconds: 45 });
const openFor = async () => {
  const { rows } = await database.db.query<{ seconds: number }>(
    `select round(extract(epoch from open_until - now()))::int as seconds from circuit_breakers where account_id = $1`,
    [one.accountId],
  );
  return rows[0]?.seconds;
};

describe('the breaker of an account in a region', () => {
  test('opens after so many failures in a row; runs wait and say for what', async () => {
    await fail(2);
    expect(await breakerHold(database.db, other)).toBeNull();
    await fail(1);
    expect(await openFor()).toBe(60);
    expect(await claim(other)).toBeNull();
    expect(await blockedBy(database.db, await getRun(database.db, null, other.runId))).toMatch(
      new RegExp(
        `^account ${one.accountId} in \\S+, which is left alone until 20\\S+Z after 3 failures in a row$`,
      ),
    );
    const [breaker] = await listBreakers(database.db, one.accountId);
    expect(breaker).toMatchObject({ failures: 3, lastError: 'terraform could not plan: Rate exceeded' });
    expect(breaker && breakerState(breaker, new Date())).toBe('open');
  });

  test('a success between failures starts the count anew', async () => {
    await fail(2);
    expect(await noteCloudSuccess(database.db, other)).toBe(false);
    await fail(2);
    expect(await breakerHold(database.db, other)).toBeNull();
  });

  test('lets one run try when its time is over, and closes when that works', async () => {
    await fail(3);
    await timeOver();
    expect(await claim(one)).not.toBeNull();
    expect(await claim(other)).toBeNull();
    expect(await breakerHold(database.db, other)).toMatch(new RegExp(`, which run ${one.runId} tries$`));
    expect(await noteCloudSuccess(database.db, one)).toBe(true);
    expect(await claim(other)).not.toBeNull();
  });

  test('stays open twice as long when the try fails, and is tried by another run when the first is lost', async () => {
    await fail(3);
    await timeOver();
    await claim(one);
    await fail(1);
    expect(await openFor()).toBe(120);
    await timeOver();
    await database.db.query(`update runs set lease_owner = null where run_id = $1`, [one.runId]);
    expect(await claim(other)).not.toBeNull();
  });
});
