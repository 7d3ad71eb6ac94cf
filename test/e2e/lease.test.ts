/** A worker whose run was given to another one, on the whole product with a real terraform. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import type pg from 'pg';
import { apiOf } from '../support/api.js';
import { connectToHome } from '../support/embedded-client.js';
import { eventually } from '../support/eventually.js';
import { makeServedHome, removeHome, startTerrace, type Terrace } from '../support/terrace.js';

let terrace: Terrace;
let db: pg.Client;

beforeAll(async () => {
  terrace = await startTerrace(await makeServedHome(), { SWEEP_SECONDS: '1', LEASE_SECONDS: '2' });
  db = await connectToHome(terrace.home);
});

afterAll(async () => {
  await db.end();
  await terrace.stop();
  await removeHome(terrace.home);
});

/** Process ids of `terraform apply` below Terrace. */
function applies(): string[] {
  const lines = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n');
  const rows = lines.map((line) => line.trim().split(/\s+/));
  return rows
    .filter(([, parent, ...args]) => parent === String(terrace.pid) && args.includes('apply'))
    .map(([pid = '']) => pid);
}

test('it stops its terraform, writes nothing more, and its successor ends the run', async () => {
  const api = apiOf(terrace);
  const { body } = await api.call('POST', '/api/v1/environments', await api.request({ review: 'auto' }));
  const { environment_id: id, run_id: runId } = body;
  const faults = `/api/v1/sandbox/environments/${id}/faults`;
  const slow = { kind: 'delay', type: 'helm_release', delay_ms: 120_000 };
  await api.call('PUT', faults, { faults: [slow] });
  await api.logged(runId, /helm_release.*Creating/);
  expect(applies()).toHaveLength(1);
  // Another worker has it now, for ever: nothing but the old one's own insight can stop its terraform.
  await db.query(
    `update runs set lease_epoch = lease_epoch + 1, lease_owner = 'elsewhere/1/1/1',
       lease_expires_at = now() + interval '1 day' where run_id = $1`,
    [runId],
  );
  const lines = (await api.log(runId)).length;
  await eventually('its terraform is gone', () => applies().length === 0);
  expect((await api.log(runId)).length).toBe(lines);
  await eventually('it says why', () =>
    terrace.stderr().includes('the lease was lost; another worker carries on'),
  );
  await api.call('PUT', faults, { faults: [] });
  await db.query(`update runs set lease_expires_at = now() where run_id = $1`, [runId]);
  const environment = await api.until(`/api/v1/environments/${id}`, ({ status }) => status === 'ready');
  expect(environment.error).toBeNull();
});
