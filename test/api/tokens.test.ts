import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bootstrapAdminToken } from '../../src/token/bootstrap.js';
import { createTokenService } from '../../src/token/token-service.js';
import { apiOf, type Api } from '../support/api.js';
import { startApp, type AppUnderTest } from './app-under-test.js';

let app: AppUnderTest;
const clock = { offsetMs: 0, now: () => new Date(Date.now() + clock.offsetMs) };
beforeAll(async () => {
  app = await startApp({ clock });
});
afterAll(() => app.close());

describe('a token', () => {
  test('is told once, stored hashed, and works until it is revoked', async () => {
    const made = await app.admin.call('POST', '/api/v1/tokens', { name: 'ci', role: 'viewer' });
    expect(made.status).toBe(201);
    const { token, token_id: tokenId } = made.body;
    expect(token).toMatch(/^trc_[A-Za-z0-9_-]{43}$/);
    const { rows } = await app.database.db.query('select * from tokens where token_id = $1', [tokenId]);
    expect(JSON.stringify(rows)).not.toContain(token);
    const api = apiOf({ url: app.url, token });
    expect((await api.call('GET', '/api/v1/runs')).status).toBe(200);
    expect((await app.admin.call('DELETE', `/api/v1/tokens/${tokenId}`)).body.revoked_at).not.toBeNull();
    expect(await api.call('GET', '/api/v1/runs')).toMatchObject({
      status: 401,
      body: { detail: 'the token is unknown or revoked: ask for a new one' },
    });
    expect((await app.admin.call('DELETE', '/api/v1/tokens/tok_none')).body.detail).toBe('no token tok_none');
  });

  test('ends when it expires, and says when that was', async () => {
    const made = await app.admin.call('POST', '/api/v1/tokens', {
      name: 'short',
      role: 'viewer',
      expires_in_hours: 1,
    });
    const api = apiOf({ url: app.url, token: made.body.token });
    expect((await api.call('GET', '/api/v1/runs')).status).toBe(200);
    clock.offsetMs = 3_600_001;
    const answer = await api.call('GET', '/api/v1/runs');
    clock.offsetMs = 0;
    expect(answer).toMatchObject({
      status: 401,
      body: { detail: `the token expired at ${made.body.expires_at}: ask for a new one` },
    });
  });

  test('notes its use at most once a minute', async () => {
    const { token, tokenId } = await app.as('viewer');
    const service = createTokenService(app.database.db, clock);
    const lastUse = async (offsetMs: number) => {
      clock.offsetMs = offsetMs;
      await service.authenticate(token);
      clock.offsetMs = 0;
      const { rows } = await app.database.db.query<{ at: Date }>(
        'select last_used_at as at from tokens where token_id = $1',
        [tokenId],
      );
      return rows[0]!.at.getTime();
    };
    const first = await lastUse(0);
    expect(await lastUse(30_000)).toBe(first);
    expect(await lastUse(61_000)).toBeGreaterThan(first + 60_000);
  });

  test('may have fewer rights than its role, and can give away no more', async () => {
    const make = (api: Api, body: Record<string, unknown>) => api.call('POST', '/api/v1/tokens', body);
    const made = await make(app.admin, { name: 'ci', role: 'operator', rights: ['run', 'read'] });
    expect(made.body.rights).toEqual(['read', 'run']);
    const ci = apiOf({ url: app.url, token: made.body.token });
    expect((await ci.call('GET', '/api/v1/runs')).status).toBe(200);
    expect((await ci.call('GET', '/api/v1/runs/run_x/logs')).body.detail).toBe(
      'the token is limited to read, run: it lacks the right logs for GET /api/v1/runs/{run_id}/logs',
    );
    expect((await make(app.admin, { name: 'x', role: 'viewer', rights: ['run'] })).body).toMatchObject({
      detail: 'rights: run is beyond the role viewer: choose from read, logs, plan',
      errors: [{ path: 'rights' }],
    });
    const keys = await make(app.admin, { name: 'keys', role: 'admin', rights: ['read', 'tokens'] });
    const keeper = apiOf({ url: app.url, token: keys.body.token });
    expect(await make(keeper, { name: 'more', role: 'approver' })).toMatchObject({
      status: 403,
      body: { detail: 'you cannot give rights that you lack: approve, comment, logs, plan' },
    });
    expect((await make(keeper, { name: 'less', role: 'admin', rights: ['read'] })).body.rights).toEqual([
      'read',
    ]);
  });

  test('of a program may report events and nothing else', async () => {
    const made = await app.admin.call('POST', '/api/v1/tokens', { name: 'billing', role: 'service' });
    expect(made.body).toMatchObject({ role: 'service', rights: ['events'] });
    const program = apiOf({ url: app.url, token: made.body.token });
    expect((await program.call('GET', '/api/v1/environments')).body.detail).toBe(
      'the role service lacks the right read for GET /api/v1/environments',
    );
  });

  test('bound to no tenant can act in one by Terrace-Tenant, bound to one in no other', async () => {
    const me = async (token: string, tenant: string) =>
      app.bare('GET', '/api/v1/me', { authorization: `Bearer ${token}`, 'terrace-tenant': tenant });
    expect((await me(app.adminToken, app.tenantId)).body.tenant_id).toBe(app.tenantId);
    expect((await me(app.adminToken, 'ten_none')).body.detail).toBe('no tenant ten_none');
    const other = await app.admin.call('POST', '/api/v1/tenants', { name: 'O', slug: 'narrow' });
    const bound = await app.as('viewer', app.tenantId);
    expect((await me(bound.token, app.tenantId)).status).toBe(200);
    for (const tenant of [other.body.tenant_id, 'ten_none'])
      expect((await me(bound.token, tenant)).body.detail).toBe(`no tenant ${tenant}`);
  });

  test('that is revoked hears no more of a stream', async () => {
    const made = await app.admin.call('POST', '/api/v1/environments', await app.admin.request());
    const { token, tokenId } = await app.as('viewer');
    const stream = await fetch(`${app.url}/api/v1/environments/${made.body.environment_id}/events`, {
      headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream' },
    });
    expect(stream.status).toBe(200);
    await app.admin.call('DELETE', `/api/v1/tokens/${tokenId}`);
    expect(await stream.text()).toContain('"type":"run_queued"');
  });

  test('bound to a tenant makes and sees tokens of that tenant alone', async () => {
    const bound = await app.as('admin', app.tenantId);
    const made = await bound.api.call('POST', '/api/v1/tokens', { name: 'mine', role: 'operator' });
    expect(made.body.tenant_id).toBe(app.tenantId);
    const { items } = await bound.api.get('/api/v1/tokens');
    expect(new Set(items.map((one: { tenant_id: string }) => one.tenant_id))).toEqual(
      new Set([app.tenantId]),
    );
    const { tokenId } = await app.as('viewer');
    expect((await bound.api.call('DELETE', `/api/v1/tokens/${tokenId}`)).status).toBe(404);
    const foreign = await bound.api.call('POST', '/api/v1/tokens', {
      name: 'x',
      role: 'viewer',
      tenant_id: 'ten_x',
    });
    expect(foreign).toMatchObject({ status: 404, body: { detail: 'no tenant ten_x' } });
  });
});

test('the bootstrap token is made once, kept while the database knows it, and made anew when it is lost', async () => {
  const home = await mkdtemp(join(tmpdir(), 'terrace-token-'));
  try {
    const { db } = app.database;
    const path = await bootstrapAdminToken(db, home);
    const first = await readFile(path, 'utf8');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    await bootstrapAdminToken(db, home);
    expect(await readFile(path, 'utf8')).toBe(first);
    expect((await apiOf({ url: app.url, token: first.trim() }).call('GET', '/api/v1/tokens')).status).toBe(
      200,
    );
    await writeFile(path, 'trc_of-another-database');
    await bootstrapAdminToken(db, home);
    const second = await readFile(path, 'utf8');
    expect(second).not.toBe(first);
    await rm(path);
    await bootstrapAdminToken(db, home);
    expect(await readFile(path, 'utf8')).not.toBe(second);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  } finally {
    await rm(home, { recursive: true });
  }
});
