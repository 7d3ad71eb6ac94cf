import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Json } from '../support/api.js';
import { startApp, type AppUnderTest } from './app-under-test.js';

let app: AppUnderTest;
beforeAll(async () => {
  app = await startApp({
    sandbox: {
      setFaults: async () => {},
      faults: async () => [],
      objects: async () => [],
      changeObject: async () => {},
    },
  });
});
afterAll(() => app.close());

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe('who may ask', () => {
  test('every described call but health and ready answers 401 without a token', async () => {
    const { paths } = await app.admin.get('/openapi.json');
    const asked = Object.entries<Json>(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => [method.toUpperCase(), path.replace(/\{\w+\}/g, 'x')] as const),
    );
    expect(asked.length).toBeGreaterThan(30);
    const open: string[] = [];
    for (const [method, path] of asked) {
      const { status, body } = await app.bare(method, path);
      if (status !== 401) open.push(path);
      else expect(body.detail).toBe('no token was sent: send `Authorization: Bearer <token>`');
    }
    expect(open.sort()).toEqual(['/health', '/ready']);
  });

  test('a path that does not exist tells nothing without a token', async () => {
    expect((await app.bare('GET', '/nowhere')).status).toBe(401);
    expect((await app.bare('POST', '/health')).status).toBe(401);
  });

  test.each([
    ['Bearer trc_short', 'the token is garbled: a token is trc_ and 43 letters, digits, - or _'],
    ['nonsense', 'the token is garbled: a token is trc_ and 43 letters, digits, - or _'],
    ['Basic YTpi', 'the token is garbled: a token is trc_ and 43 letters, digits, - or _'],
    [`Bearer trc_${'x'.repeat(43)}`, 'the token is unknown or revoked: ask for a new one'],
  ])('%s is refused', async (authorization, detail) => {
    const { status, headers, body } = await app.bare('GET', '/api/v1/runs', { authorization });
    expect(status).toBe(401);
    expect(headers.get('www-authenticate')).toBe('Bearer realm="terrace"');
    expect(body).toMatchObject({ code: 'unauthenticated', detail, errors: [] });
  });

  test('a browser may send the token as the password of HTTP Basic for docs, description and metrics alone', async () => {
    const basic = { authorization: `Basic ${Buffer.from(`me:${app.adminToken}`).toString('base64')}` };
    for (const path of ['/docs', '/docs/swagger-ui-bundle.js', '/openapi.json', '/metrics'])
      expect((await app.bare('GET', path, basic)).status).toBe(200);
    const refused = await app.bare('GET', '/docs');
    expect(refused.headers.get('www-authenticate')).toBe('Basic realm="terrace", charset="UTF-8"');
    expect((await app.bare('GET', '/api/v1/runs', basic)).status).toBe(401);
  });

  test('each role may do what its rights say, and the refusal names the right', async () => {
    const viewer = await app.as('viewer');
    const refused = await viewer.api.call('POST', '/api/v1/environments', {});
    expect(refused).toMatchObject({
      status: 403,
      body: {
        code: 'forbidden',
        detail: 'the role viewer lacks the right run for POST /api/v1/environments',
      },
    });
    const operator = await app.as('operator');
    expect((await operator.api.call('POST', '/api/v1/runs/run_x/approve', {})).status).toBe(403);
    expect((await operator.api.call('GET', '/api/v1/tokens')).status).toBe(403);
    expect((await operator.api.call('PUT', '/api/v1/sandbox/environments/x/faults', {})).status).toBe(403);
    const bound = await app.as('admin', app.tenantId);
    expect((await bound.api.call('GET', '/metrics')).body.detail).toBe(
      'GET /metrics needs a token that is bound to no tenant',
    );
  });
});

describe('every answer', () => {
  test('carries the request id that was sent, or a new one for a missing or odd one', async () => {
    const echo = await app.bare('GET', '/health', { 'x-request-id': 'abc.DEF-1_2' });
    expect(echo.headers.get('x-request-id')).toBe('abc.DEF-1_2');
    for (const odd of ['a b', 'x'.repeat(65), '"'])
      expect((await app.bare('GET', '/health', { 'x-request-id': odd })).headers.get('x-request-id')).toMatch(
        /^req_/,
      );
  });

  test('is not cached, sniffed, framed, and does not name the server', async () => {
    const { headers } = await app.bare('GET', '/health');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toBe("default-src 'none';frame-ancestors 'none'");
    expect(headers.get('x-powered-by')).toBeNull();
  });

  test('a problem has every member, and the request id of its header', async () => {
    const { status, headers, body } = await app.bare('GET', '/nowhere', {
      ...bearer(app.adminToken),
      'x-request-id': 'r-1',
    });
    expect(status).toBe(404);
    expect(headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(body).toEqual({
      type: 'urn:terrace:error:not_found',
      title: 'not found',
      status: 404,
      code: 'not_found',
      detail: 'no such path: /nowhere',
      request_id: 'r-1',
      errors: [],
    });
  });

  test('a wrong method is named with the right ones', async () => {
    const { status, headers, body } = await app.admin.call('PUT', '/api/v1/environments', {});
    expect(status).toBe(405);
    expect(headers.get('allow')).toBe('POST, GET, HEAD');
    expect(body.detail).toBe('PUT is not possible here: use POST, GET, HEAD');
  });

  test('HEAD answers as GET without a body', async () => {
    const { status, headers, body } = await app.bare('HEAD', '/health');
    expect([status, body]).toEqual([200, '']);
    expect(headers.get('content-length')).toBe('44');
  });
});

describe('operations', () => {
  test('health and ready are open', async () => {
    expect((await app.bare('GET', '/health')).body).toEqual({ status: 'healthy', service: 'terrace-api' });
    expect((await app.bare('GET', '/ready')).body).toEqual({
      status: 'ready',
      checks: { database: 'ok', queue: 'ok' },
    });
  });

  test('ready says which part does not answer', async () => {
    const broken = await startApp({ queueDepth: () => Promise.reject(new Error('gone')) });
    try {
      const { status, body } = await broken.bare('GET', '/ready');
      expect([status, body]).toEqual([
        503,
        { status: 'not_ready', checks: { database: 'ok', queue: 'failed' } },
      ]);
      expect((await broken.admin.call('GET', '/metrics')).status).toBe(200);
    } finally {
      await broken.close();
    }
  });

  test('metrics count requests by route, and environments by status from the database', async () => {
    await app.admin.call('GET', '/api/v1/environments/env_none');
    await app.admin.call('POST', '/api/v1/environments', await app.admin.request());
    const text: string = await app.admin.get('/metrics');
    expect(text).toMatch(
      /api_requests_total\{method="GET",endpoint="\/api\/v1\/environments\/\{environment_id\}",status="404"\} \d/,
    );
    expect(text).toMatch(/provisioning_environments_total\{status="queued"\} \d/);
    expect(text).toMatch(/provisioning_environment_created_at\{status="queued"\} \d{10}/);
    expect(text).toContain('# TYPE provisioning_errors_total counter');
    expect(text).toMatch(/provisioning_queue_length 0/);
    expect(text).toMatch(/provisioning_duration_seconds_bucket\{le="\+Inf"\} 0/);
    expect(text).toMatch(/api_request_duration_seconds_bucket\{le="0.005"/);
  });

  test('docs are one page and its own files, under a policy that lets nothing else in', async () => {
    const { headers, body } = await app.bare('GET', '/docs', bearer(app.adminToken));
    expect(headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'");
    const named = [...(body as string).matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1]!);
    expect(named).toHaveLength(3);
    for (const path of named) expect((await app.admin.call('GET', path)).status).toBe(200);
    expect((await app.admin.call('GET', '/docs/..%2fpackage.json')).status).toBe(404);
    expect((await app.admin.call('GET', '/docs/constructor')).status).toBe(404);
  });

  test('sandbox routes do not exist while the sandbox is off', async () => {
    const off = await startApp();
    try {
      expect((await off.admin.call('GET', '/api/v1/sandbox/environments/x/faults')).body.detail).toMatch(
        /^no such path/,
      );
    } finally {
      await off.close();
    }
  });
});
