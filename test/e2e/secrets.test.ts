import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { apiOf, type Api } from '../support/api.js';
import { startReceiver, type Receiver } from '../webhook/receiver.js';
import { makeHome, removeHome, startTerrace, type Terrace } from '../support/terrace.js';

let terrace: Terrace;
let api: Api;
let environmentId: string;
let runId: string;
let secrets: string[];
let receiver: Receiver;

beforeAll(async () => {
  receiver = await startReceiver();
  const settings = { LOG_LEVEL: 'trace', OUTBOUND_ALLOWED_RANGES: '127.0.0.1' };
  terrace = await startTerrace(await makeHome(), settings);
  api = apiOf(terrace);
  await api.call('POST', '/api/v1/webhooks', { url: receiver.url('/ok') });
  const { body } = await api.call('POST', '/api/v1/environments', await api.request({ review: 'auto' }));
  ({ environment_id: environmentId, run_id: runId } = body);
  await api.until(`/api/v1/environments/${environmentId}`, (one) => one.status === 'ready');
  const { sensitive } = await api.get(`/api/v1/environments/${environmentId}/outputs`);
  const password = /\/\/[^:]+:([^@]+)@/.exec(sensitive.database_url)?.[1];
  secrets = [password!, terrace.token];
});

afterAll(async () => {
  await terrace.stop();
  await receiver.close();
  await removeHome(terrace.home);
});

/** A secret as it could stand in a text: plain, base64, base64 of a longer text around it is not looked for. */
const forms = (secret: string) => [secret, Buffer.from(secret).toString('base64').replace(/=+$/, '')];

function expectNoSecret(text: string): void {
  for (const form of secrets.flatMap(forms)) expect(text.includes(form)).toBe(false);
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
      `/sandbox/environments/${environmentId}/objects`,
    ];
    for (const path of paths) expectNoSecret(JSON.stringify(await api.get(`/api/v1${path}`)));
    expectNoSecret((await api.log(runId)).join('\n'));
    for (const [query, accept] of [
      ['', 'text/plain'],
      ['?form=terraform', 'text/plain'],
      ['', 'text/markdown'],
    ] as const) {
      const text = await api.call('GET', `/api/v1/runs/${runId}/plan${query}`, undefined, { accept });
      expect(text.status).toBe(200);
      expectNoSecret(text.body);
    }
  });

  test('are in no webhook', async () => {
    const { items } = await api.get(`/api/v1/environments/${environmentId}/events`);
    expect(items.at(-1).type).toBe('run_succeeded');
    const received = await receiver.count('/ok', items.length);
    expect(received.map(({ body }) => body.type)).toContain('run_succeeded');
    for (const { text } of received) expectNoSecret(text);
  });

  test('are in no log line', () => {
    expect(terrace.stderr()).toContain(runId);
    expectNoSecret(terrace.stderr());
  });

  test('are in no row of our tables: only the sandbox, which plays the cloud, knows the password', async () => {
    const { port, password } = JSON.parse(await readFile(join(terrace.home, 'postgres.json'), 'utf8'));
    const found = await readdir(terrace.home);
    expect(found).toContain('postgres.json');
    const client = new pg.Client({
      host: '127.0.0.1',
      port,
      password,
      user: 'terrace',
      database: 'terrace',
    });
    await client.connect();
    const { rows: tables } = await client.query(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('public', 'bullmq')`,
    );
    expect(tables.length).toBeGreaterThan(12);
    for (const { name } of tables) {
      const { rows } = await client.query(`select to_jsonb(t)::text as row from ${name} t`);
      for (const { row } of rows) {
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
