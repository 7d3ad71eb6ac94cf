import { readdirSync, readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { apiOf, type Api, type Json } from '../support/api.js';
import { connectToHome } from '../support/embedded-client.js';
import { startReceiver, type Receiver } from '../webhook/receiver.js';
import { makeHome, removeHome, startTerrace, type Terrace } from '../support/terrace.js';

let terrace: Terrace;
let api: Api;
let environmentId: string;
let runId: string;
let secrets: string[];
let receiver: Receiver;
/** What nobody marked as secret: somebody wrote it into the cloud with other tools, and the cloud repeats it when it refuses. */
const canaries = {
  address: 'canary-of-an-address-41',
  key: 'AKIACANARY0123456789',
  pem: 'MIIcanaryOfAKeyThatNobodyMarkedMIIcanaryOfAKeyThatNobodyMarked',
  variable: 'canary-of-a-container',
};
let failedRun: Json;
/** Command lines of the processes that were seen while it ran. */
const commands = new Set<string>();

beforeAll(async () => {
  receiver = await startReceiver();
  const settings = { LOG_LEVEL: 'trace', OUTBOUND_ALLOWED_RANGES: '127.0.0.1' };
  terrace = await startTerrace(await makeHome(), settings);
  api = apiOf(terrace);
  await api.call('POST', '/api/v1/webhooks', { url: receiver.url('/ok') });
  const { body } = await api.call(
    'POST',
    '/api/v1/environments',
    await api.request({ review: 'auto', rollback_on_failure: false }),
  );
  ({ environment_id: environmentId, run_id: runId } = body);
  await api.until(`/api/v1/environments/${environmentId}`, (one) => one.status === 'ready');
  const { sensitive } = await api.get(`/api/v1/environments/${environmentId}/outputs`);
  const password = /\/\/[^:]+:([^@]+)@/.exec(sensitive.database_url)?.[1];
  secrets = [password!, terrace.token];
  failedRun = await failWith(password!);
});

/** Changes the environment after a drift that plants the canaries; the provider refuses with all of them in its words. */
async function failWith(password: string): Promise<Json> {
  const url = `amqp://app:${canaries.address}@mq.acme.example.com/app`;
  const pem = `-----BEGIN PRIVATE KEY-----\n${canaries.pem}\n-----END PRIVATE KEY-----`;
  const drift = (type: string, path: readonly (string | number)[], value: unknown) => ({
    kind: 'drift',
    type,
    path,
    value,
  });
  const env = ['spec', 0, 'template', 0, 'spec', 0, 'container', 0, 'env', 0, 'value'];
  const message = `refused: ${password} and ${url} and ${canaries.key} and ${canaries.variable}\n${pem}`;
  const faults = [
    drift('kubernetes_config_map_v1', ['data', 'AMQP_URL'], url),
    drift('kubernetes_config_map_v1', ['data', 'tls.key'], pem),
    drift('kubernetes_stateful_set_v1', env, canaries.key),
    drift('kubernetes_config_map_v1', ['data', 'API_TOKEN'], canaries.variable),
    { kind: 'delay', type: 'kubernetes_resource_quota_v1', on: 'update', delay_ms: 300 },
    { kind: 'fail', type: 'kubernetes_resource_quota_v1', on: 'update', message },
  ];
  const set = await api.call('PUT', `/api/v1/sandbox/environments/${environmentId}/faults`, { faults });
  expect([set.status, set.body]).toEqual([200, set.body]);
  const change = { spec: { quota: { pods: 51 } } };
  const { status, body } = await api.call('PATCH', `/api/v1/environments/${environmentId}`, change, {
    'if-match': '"1"',
  });
  expect([status, body]).toEqual([202, body]);
  return api.until(`/api/v1/runs/${body.run_id}`, (run) => {
    for (const command of commandLines()) commands.add(command);
    return run.finished_at !== null;
  });
}

function commandLines(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return [readFileSync(`/proc/${pid}/cmdline`, 'utf8')];
      } catch {
        return [];
      }
    });
}

afterAll(async () => {
  await terrace.stop();
  await receiver.close();
  await removeHome(terrace.home);
});

/** A secret as it could stand in a text: plain, base64, base64 of a longer text around it is not looked for. */
const forms = (secret: string) => [secret, Buffer.from(secret).toString('base64').replace(/=+$/, '')];

function expectNoSecret(text: string): void {
  const found = [...secrets, ...Object.values(canaries)].filter((secret) =>
    forms(secret).some((form) => text.includes(form)),
  );
  const around = found.map((secret) => text.slice(Math.max(0, text.indexOf(secret) - 200)).slice(0, 500));
  expect(around).toEqual([]);
}

describe('the password of the database and the token of the admin', () => {
  test('are real', () => {
    expect(secrets.map((secret) => secret.length)).toEqual([expect.any(Number), expect.any(Number)]);
    for (const secret of secrets) expect(secret.length).toBeGreaterThan(20);
  });

  test('are in no answer but that of the outputs', async () => {
    const paths = [
      `/environments/${environmentId}`,
      `/environments/${environmentId}/events`,
      `/runs/${runId}`,
      `/runs/${runId}/plan`,
      `/runs/${failedRun.run_id}`,
      `/runs/${failedRun.run_id}/plan`,
    ];
    for (const path of paths) expectNoSecret(JSON.stringify(await api.get(`/api/v1${path}`)));
    for (const id of [runId, failedRun.run_id]) {
      expectNoSecret((await api.log(id)).join('\n'));
      for (const [query, accept] of [
        ['', 'text/plain'],
        ['?form=terraform', 'text/plain'],
        ['', 'text/markdown'],
      ] as const) {
        const text = await api.call('GET', `/api/v1/runs/${id}/plan${query}`, undefined, { accept });
        expect(text.status).toBe(200);
        expectNoSecret(text.body);
      }
    }
    const objects = await api.get(`/api/v1/sandbox/environments/${environmentId}/objects`);
    for (const secret of secrets) expect(JSON.stringify(objects)).not.toContain(secret);
  });

  test('were in the words of the cloud and in the drift: what is told of them is the rest', async () => {
    expect(failedRun.status).toBe('failed');
    expect(failedRun.error.message).toContain('refused: *** and amqp://app:***@mq.acme.example.com');
    expect((await api.log(failedRun.run_id)).join('\n')).toContain('refused: *** and');
    const plan = await api.get(`/api/v1/runs/${failedRun.run_id}/plan`);
    const drifted = plan.drift.flatMap((change: Json) => change.attributes.map((one: Json) => one.path));
    expect(drifted).toEqual(
      expect.arrayContaining([
        'data.AMQP_URL',
        'data.tls.key',
        'data.API_TOKEN',
        expect.stringMatching(/env.0.value$/),
      ]),
    );
  });

  test('are in no argument of a process', () => {
    expect([...commands].some((command) => /terraform\0(plan|apply)\0/.test(command))).toBe(true);
    for (const command of commands) expectNoSecret(command);
  });

  test('are in no webhook', async () => {
    const { items } = await api.get(`/api/v1/environments/${environmentId}/events`);
    expect(items.at(-1).type).toBe('run_failed');
    const received = await receiver.count('/ok', items.length);
    expect(received.map(({ body }) => body.type)).toEqual(
      expect.arrayContaining(['run_succeeded', 'run_failed']),
    );
    for (const { text } of received) expectNoSecret(text);
  });

  test('are in no log line', () => {
    expect(terrace.stderr()).toContain(runId);
    expectNoSecret(terrace.stderr());
  });

  test('are in no row of our tables: only the sandbox, which plays the cloud, knows the password', async () => {
    const found = await readdir(terrace.home);
    expect(found).toContain('postgres.json');
    const client = await connectToHome(terrace.home);
    const { rows: tables } = await client.query(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('public', 'bullmq')`,
    );
    expect(tables.length).toBeGreaterThan(12);
    for (const { name } of tables) {
      const { rows } = await client.query(`select to_jsonb(t)::text as row from ${name} t`);
      for (const { row } of rows) {
        // What a caller wrote into the faults of the sandbox is his own text.
        if (name.startsWith('public.audit') && row.includes('faults')) continue;
        expectNoSecret(row);
        for (const [, hex] of row.matchAll(/\\\\x([0-9a-f]+)/g))
          expectNoSecret(Buffer.from(hex, 'hex').toString('latin1'));
      }
    }
    await client.end();
  });

  test('are in no file: the work directory is gone', async () => {
    expect(await readdir(join(terrace.home, 'work'))).toEqual([]);
  });
});
