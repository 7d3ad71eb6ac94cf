import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { newId } from '../../src/lib/ids.js';
import { projectRoot } from '../../src/lib/project-root.js';
import { startApp, type AppUnderTest } from '../api/app-under-test.js';
import type { Json } from '../support/api.js';

let app: AppUnderTest;
beforeAll(async () => {
  app = await startApp({ maxEnvironments: 100 });
});
afterAll(() => app.close());

const base = '/api/v1/audit';

/** The lines of one request, newest first. */
async function linesOf(requestId: string | null): Promise<Json[]> {
  const { items } = await app.admin.get(`${base}?limit=1000`);
  return items.filter((line: Json) => line.request_id === requestId);
}

async function lineOf(answer: { headers: Headers }): Promise<Json> {
  const lines = await linesOf(answer.headers.get('x-request-id'));
  expect(lines).toHaveLength(1);
  return lines[0];
}

describe('a change', () => {
  test('is told with who, what, when, from where, and what came of it', async () => {
    const { api, tokenId } = await app.as('operator', app.tenantId);
    const made = await api.call('POST', '/api/v1/environments', await app.admin.request());
    expect(made.status).toBe(202);
    const line = await lineOf(made);
    expect(line).toMatchObject({
      actor_id: tokenId,
      actor_name: 'operator-token',
      action: 'POST /api/v1/environments',
      target: made.body.environment_id,
      tenant_id: app.tenantId,
      ip: '127.0.0.1',
      result: 'done',
      status: 202,
      code: null,
      before: null,
      after: { environment_id: made.body.environment_id },
      repeated: 0,
    });
    expect(Math.abs(Date.now() - Date.parse(line.at))).toBeLessThan(60_000);
  });

  test('of something that was there is told with what changed', async () => {
    const made = await app.admin.call('POST', '/api/v1/environments', await app.admin.request());
    const canceled = await app.admin.call('POST', `/api/v1/runs/${made.body.run_id}/cancel`);
    expect(canceled.status).toBe(202);
    expect(await lineOf(canceled)).toMatchObject({
      action: 'POST /api/v1/runs/{run_id}/cancel',
      target: made.body.run_id,
      tenant_id: app.tenantId,
      before: { status: 'queued' },
      after: { status: 'canceled' },
    });
  });

  test('that makes a secret is told without it', async () => {
    const made = await app.admin.call('POST', '/api/v1/tokens', { name: 'new', role: 'viewer' });
    expect(made.status).toBe(201);
    expect(await lineOf(made)).toMatchObject({
      target: made.body.token_id,
      after: { token: '***', role: 'viewer' },
    });
    const { rows } = await app.database.db.query(
      `select entry from audit where position('trc_' in entry) > 0 or position($1 in entry) > 0`,
      [made.body.token],
    );
    expect(rows).toEqual([]);
  });

  test('asked for twice under one key is told once', async () => {
    const key = { 'idempotency-key': newId('request') };
    const body = { name: 'twice', role: 'viewer' };
    const first = await app.admin.call('POST', '/api/v1/tokens', body, key);
    const again = await app.admin.call('POST', '/api/v1/tokens', body, key);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    await lineOf(first);
    expect(await linesOf(again.headers.get('x-request-id'))).toEqual([]);
  });

  test('is not made when it cannot be noted', async () => {
    await app.database.db.query('alter table audit_intents rename to audit_intents_away');
    const refused = await app.admin.call('POST', '/api/v1/tokens', { name: 'unseen', role: 'viewer' });
    await app.database.db.query('alter table audit_intents_away rename to audit_intents');
    expect(refused.status).toBe(500);
    const { items } = await app.admin.get('/api/v1/tokens?limit=200');
    expect(items.map(({ name }: Json) => name)).not.toContain('unseen');
  });
});

describe('a refusal', () => {
  test('of whoever shows no token is told, of a read as well', async () => {
    const answer = await app.bare('GET', '/api/v1/tenants');
    expect(answer.status).toBe(401);
    expect(await lineOf(answer)).toMatchObject({
      actor_id: null,
      action: 'GET /api/v1/tenants',
      result: 'refused',
      status: 401,
      code: 'unauthenticated',
      detail: 'no token was sent: send `Authorization: Bearer <token>`',
    });
  });

  test('for want of a right, of a thing that is not there, and of a wrong body is told', async () => {
    const { api, tokenId } = await app.as('viewer', app.tenantId);
    const forbidden = await api.call('POST', '/api/v1/environments', {});
    expect(await lineOf(forbidden)).toMatchObject({
      actor_id: tokenId,
      tenant_id: app.tenantId,
      status: 403,
      code: 'forbidden',
    });
    const missing = await app.admin.call('DELETE', '/api/v1/environments/env_none');
    expect(await lineOf(missing)).toMatchObject({
      status: 404,
      target: 'env_none',
      detail: 'no environment env_none',
    });
    const wrong = await app.admin.call('POST', '/api/v1/tenants', { name: 1 });
    expect(await lineOf(wrong)).toMatchObject({ status: 422, code: 'invalid_request', tenant_id: null });
  });

  test('of a read that is not there is not told: nothing was at stake', async () => {
    const answer = await app.admin.call('GET', '/api/v1/environments/env_none');
    expect(answer.status).toBe(404);
    expect(await linesOf(answer.headers.get('x-request-id'))).toEqual([]);
  });
});

/** What the command that verifies says of an export. */
async function verified(lines: readonly string[]): Promise<{ code: number; text: string }> {
  const child = spawn(process.execPath, [join(projectRoot, 'dist/src/main/verify-audit.js')]);
  const exit = once(child, 'exit');
  child.stdin.end(`${lines.join('\n')}\n`);
  const said = await text(child.stdout);
  const [code] = await exit;
  return { code, text: said };
}

describe('reading', () => {
  test('takes filters, and pages without a gap', async () => {
    const { api, tokenId } = await app.as('admin');
    for (const name of ['one', 'two', 'three'])
      await api.call('POST', '/api/v1/tokens', { name, role: 'viewer' });
    await api.call('POST', '/api/v1/tokens', {});
    const of = (query: string) => app.admin.get(`${base}?actor=${tokenId}&${query}`);
    const names = (page: Json) => page.items.map((line: Json) => line.after?.name ?? line.code);
    const first = await of('limit=2');
    expect(names(first)).toEqual(['invalid_request', 'three']);
    expect(names(await of(`limit=2&cursor=${first.next_cursor}`))).toEqual(['two', 'one']);
    expect(names(await of('result=done'))).toEqual(['three', 'two', 'one']);
    expect(names(await of(`action=${encodeURIComponent('POST /api/v1/tokens')}&result=refused`))).toEqual([
      'invalid_request',
    ]);
    const target = first.items[1].target;
    expect(names(await of(`target=${target}`))).toEqual(['three']);
    const at = encodeURIComponent(first.items[0].at);
    expect(names(await of(`from=${at}`))).toContain('invalid_request');
    expect(names(await of(`to=${at}`))).not.toContain('invalid_request');
  });

  test('is for the tenant’s own admin within the tenant, and for nobody without the right', async () => {
    const other = await app.admin.call('POST', '/api/v1/tenants', { name: 'Other', slug: 'other' });
    const otherId = other.body.tenant_id;
    const { api, tokenId } = await app.as('admin', otherId);
    await api.call('POST', '/api/v1/tokens', { name: 'theirs', role: 'viewer' });
    const { items } = await api.get(`${base}?limit=1000`);
    expect(new Set(items.map((line: Json) => line.tenant_id))).toEqual(new Set([otherId]));
    expect(items.map((line: Json) => line.actor_id)).toContain(tokenId);
    expect((await api.get(`${base}?tenant_id=${app.tenantId}`)).items).toEqual([]);
    expect((await api.call('GET', `${base}/verify`)).status).toBe(403);
    const { api: viewer } = await app.as('viewer');
    expect((await viewer.call('GET', base)).status).toBe(403);
  });

  test('exports every line, oldest first; the export verifies without the database', async () => {
    for (const name of ['one', 'two'])
      await app.admin.call('POST', '/api/v1/tokens', { name, role: 'viewer' });
    const headers = { authorization: `Bearer ${app.adminToken}`, accept: 'application/x-ndjson' };
    const response = await fetch(`${app.url}${base}`, { headers });
    expect(response.headers.get('content-type')).toBe('application/x-ndjson');
    const lines = (await response.text()).trim().split('\n');
    const sequences = lines.map((line) => JSON.parse(line).sequence);
    expect(sequences).toEqual(lines.map((_, n) => n + 1));
    const { sha256 } = JSON.parse(lines.at(-1)!);
    expect(await verified(lines)).toEqual({
      code: 0,
      text: `intact: ${lines.length} rows, the last is ${lines.length} ${sha256}\n`,
    });
    const altered = lines.map((line, n) => (n === 1 ? line.replace('"repeated":0', '"repeated":1') : line));
    expect(await verified(altered)).toEqual({
      code: 1,
      text: 'row 2 was altered: its hash is not that of its content\n',
    });
  });
});

test('the verdict names the row that somebody altered in the database', async () => {
  await app.admin.call('POST', '/api/v1/tokens', { name: 'real', role: 'viewer' });
  const before = await app.admin.get(`${base}/verify`);
  expect(before).toMatchObject({ intact: true, fault: null });
  const { sequence, sha256 } = before.head;
  const change = (was: string, is: string) =>
    app.database.db.query(
      `alter table audit disable trigger user;
       update audit set entry = replace(entry, '"name":"${was}"', '"name":"${is}"') where sequence = ${sequence};
       alter table audit enable trigger user`,
    );
  await change('real', 'fake');
  expect(await app.admin.get(`${base}/verify`)).toMatchObject({
    intact: false,
    head: null,
    fault: {
      sequence,
      kind: 'altered',
      message: `row ${sequence} was altered: its hash is not that of its content`,
    },
  });
  await change('fake', 'real');
  expect(await app.admin.get(`${base}/verify?sequence=${sequence}&sha256=${sha256}`)).toMatchObject({
    intact: true,
  });
  const half = await app.admin.call('GET', `${base}/verify?sequence=1`);
  expect(half.status).toBe(422);
});
