/** PostgreSQL is stopped for a minute, with the leases of production, while two workers are in the middle of applies. */
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, expect, test } from '@jest/globals';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/db/embedded.js';
import { createPool } from '../../src/db/pool.js';
import { createLog } from '../../src/log/log.js';
import { apiOf, type Api, type Json } from '../support/api.js';
import { makeHome, removeHome, startTerrace, type Terrace } from '../support/terrace.js';

const awayMs = 60_000;
const [home, databaseHome] = [await makeHome(), await makeHome()];
let postgres: EmbeddedPostgres | undefined;
const running: Terrace[] = [];
afterAll(async () => {
  for (const one of running) await one.stop();
  await postgres?.stop();
  await Promise.all([removeHome(home), removeHome(databaseHome)]);
});

const startPostgres = () =>
  startEmbeddedPostgres({ home: databaseHome, log: createLog('silent', 'test'), fsync: false });

async function ask(url: string, sql: string): Promise<unknown[]> {
  const db = createPool(url, { max: 1 });
  try {
    return (await db.query(sql)).rows;
  } finally {
    await db.end();
  }
}

/** One whose apply waits in its release, and is in the middle of it when this returns. */
async function inMidApply(api: Api): Promise<{ id: string; runId: string }> {
  const { body } = await api.call('POST', '/api/v1/environments', await api.request({ review: 'auto' }));
  const { environment_id: id, run_id: runId } = body;
  const faults = [{ kind: 'delay', type: 'helm_release', delay_ms: 300_000 }];
  await api.call('PUT', `/api/v1/sandbox/environments/${id}/faults`, { faults });
  await api.logged(runId, /helm_release.*Creating/);
  return { id, runId };
}

test('runs of two workers wait for it or are handed over, and every environment ends right; nobody is judged', async () => {
  postgres = await startPostgres();
  const env = {
    DATABASE_URL: postgres.url,
    STATE_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    SANDBOX: 'on',
    WORKER_CONCURRENCY: '2',
  };
  running.push(await startTerrace(home, env), await startTerrace(home, env));
  const api = apiOf(running[0]!);
  const fleet = await Promise.all([1, 2, 3, 4].map(() => inMidApply(api)));

  const workers = 'select distinct lease_owner from runs where lease_owner is not null';
  expect(await ask(postgres.url, workers)).toHaveLength(2);
  await postgres.stop();
  const stoppedAt = performance.now();
  const refused = await api.call('GET', '/api/v1/environments');
  expect([refused.status, refused.body.code]).toEqual([503, 'database_unavailable']);
  await delay(awayMs - (performance.now() - stoppedAt));
  postgres = await startPostgres();
  expect(postgres.url).toBe(env.DATABASE_URL);
  await ask(postgres.url, 'delete from sandbox.faults');

  const end = ({ status }: Json) => ['ready', 'failed', 'rolled_back'].includes(status);
  for (const { id, runId } of fleet) {
    const environment = await api.until(`/api/v1/environments/${id}`, end, 120_000);
    expect(environment).toMatchObject({ status: 'ready', error: null });
    const run = await api.get(`/api/v1/runs/${runId}`);
    expect(run).toMatchObject({ status: 'succeeded', interruptions: 1, attempts: [] });
  }
  const left = `select environment_id from state_locks union all select environment_id from left_states where settled is null
      union all select environment_id from runs where lease_owner is not null`;
  expect(await ask(postgres.url, left)).toEqual([]);
  const { body } = await api.call('POST', '/api/v1/environments', await api.request({ review: 'auto' }));
  await api.until(`/api/v1/environments/${body.environment_id}`, end);
  // Nothing was made twice: each has as many of each type as one that nothing disturbed.
  const shapes = `select distinct jsonb_object_agg(type, made) as shape from
      (select environment_id, type, count(*) as made from sandbox.objects group by 1, 2) as types group by environment_id`;
  expect(await ask(postgres.url, shapes)).toHaveLength(1);
}, 400_000);
