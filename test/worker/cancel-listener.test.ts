import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { requestCancel, requestForceCancel } from '../../src/run/run-store.js';
import { createLog } from '../../src/log/log.js';
import { listenForCancels } from '../../worker/cancel-listener.js';
import type { InHand, WorkerDeps } from '../../worker/deps.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { insertRun } from '../support/rows.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test('a worker hears of a cancel and of its force within two seconds, each for its run alone', async () => {
  const { db, url } = database;
  const [mine, other] = [await insertRun(db), await insertRun(db)];
  const active = new Map(
    [mine, other].map(({ runId }): [string, InHand] => [
      runId,
      { stop: new AbortController(), kill: new AbortController() },
    ]),
  );
  const heard = (name: keyof InHand) => active.get(mine.runId)?.[name].signal.aborted ?? false;
  const deps = { active, log: createLog('silent', 'test') } as Partial<WorkerDeps> as WorkerDeps;
  const listener = listenForCancels(deps, url);
  try {
    await eventually('the listener listens', async () => {
      const { rowCount } = await db.query(
        `select 1 from pg_stat_activity where application_name = 'terrace-listen-terrace_cancel' and datname = current_database() and query like 'listen%' and state = 'idle'`,
      );
      return rowCount === 1;
    });
    const asked = performance.now();
    await requestCancel(db, mine.runId, 'somebody');
    await eventually('the stop is heard', async () => heard('stop'));
    expect(heard('kill')).toBe(false);
    await requestForceCancel(db, mine.runId, 'somebody');
    await eventually('the force is heard', async () => heard('kill'));
    expect(performance.now() - asked).toBeLessThan(2000);
    expect(active.get(mine.runId)?.stop.signal.reason).toMatchObject({ code: 'run_canceled' });
    expect(active.get(other.runId)?.stop.signal.aborted).toBe(false);
  } finally {
    await listener.close();
  }
});
