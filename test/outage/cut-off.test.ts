/** A worker that is cut off from the database, which others reach all the while. */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { apiOf } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { makeHome, removeHome, startTerrace, type Terrace } from '../support/terrace.js';
import { startWire, type Wire } from '../support/wire.js';

const leaseSeconds = 6;
let database: TestDatabase;
let wire: Wire;
let terrace: Terrace | undefined;
const home = await makeHome();

beforeAll(async () => {
  database = await createTestDatabase();
  wire = await startWire(Number(new URL(database.url).port));
});
afterAll(async () => {
  await terrace?.kill();
  wire.close();
  await database.drop();
  await removeHome(home);
});

/** Process ids of `terraform apply` below Terrace. */
function applies(): string[] {
  const lines = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n');
  const rows = lines.map((line) => line.trim().split(/\s+/));
  return rows
    .filter(([, parent, ...args]) => parent === String(terrace?.pid) && args.includes('apply'))
    .map(([pid = '']) => pid);
}

test('it stops its terraform before anybody else can have the run, and the run ends right', async () => {
  const url = new URL(database.url);
  url.port = String(wire.port);
  terrace = await startTerrace(home, {
    DATABASE_URL: url.href,
    STATE_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    SANDBOX: 'on',
    SWEEP_SECONDS: '1',
    LEASE_SECONDS: String(leaseSeconds),
  });
  const api = apiOf(terrace);
  const { body } = await api.call('POST', '/api/v1/environments', await api.request({ review: 'auto' }));
  const { environment_id: id, run_id: runId } = body;
  const faults = `/api/v1/sandbox/environments/${id}/faults`;
  await api.call('PUT', faults, { faults: [{ kind: 'delay', type: 'helm_release', delay_ms: 120_000 }] });
  await api.logged(runId, /helm_release.*Creating/);
  wire.cut();
  const heldFor = async () => {
    const { rows } = await database.db.query<{ seconds: number }>(
      'select extract(epoch from lease_expires_at - now())::float8 as seconds from runs where run_id = $1',
      [runId],
    );
    return rows[0]!.seconds;
  };
  await eventually('its terraform is gone', () => applies().length === 0);
  expect(await heldFor()).toBeGreaterThan(0);
  await database.db.query('delete from sandbox.faults');
  await wire.mend();
  const environment = await api.until(`/api/v1/environments/${id}`, ({ status }) => status === 'ready');
  expect(environment.error).toBeNull();
  expect(await api.get(`/api/v1/runs/${runId}`)).toMatchObject({ status: 'succeeded', interruptions: 1 });
  expect(await terrace.stop()).toBe(0);
}, 120_000);
