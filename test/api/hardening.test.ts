/** What a client may draw out of the server, and how often it may ask. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { startApp, type AppUnderTest } from './app-under-test.js';

let app: AppUnderTest;
let limited: AppUnderTest;
beforeAll(async () => {
  [app, limited] = await Promise.all([
    startApp({ times: { headersMs: 150, requestMs: 300, idleMs: 100, checkMs: 20 } }),
    startApp({ rateLimits: { perPrincipal: 5, perTenant: 8 } }),
  ]);
});
afterAll(() => Promise.all([app.close(), limited.close()]));

/** Sends bytes, then one more of `drip` every 20 ms until the other side ends; all that came back. */
async function raw(text: string, drip = ''): Promise<string> {
  const socket = connect(Number(new URL(app.url).port), '127.0.0.1');
  let answer = '';
  socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
  socket.on('error', () => undefined);
  socket.write(text);
  const rest = [...drip];
  const dripping = setInterval(() => {
    const next = rest.shift();
    if (next !== undefined && socket.writable) socket.write(next);
  }, 20);
  await once(socket, 'close');
  clearInterval(dripping);
  return answer;
}

const post = (headers: string) =>
  `POST /api/v1/environments HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${app.adminToken}\r\n${headers}\r\n`;
const problemIn = (answer: string): unknown => JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')));

describe('a client that sends slowly', () => {
  test('byte by byte in its headers is let go, and told why', async () => {
    const answer = await raw('GET /health HTTP/1.1\r\nHost: x\r\nX-Slow: ', 'a'.repeat(200));
    expect(answer).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\nConnection: close\r\n/);
    expect(problemIn(answer)).toMatchObject({
      type: 'urn:terrace:error:request_timeout',
      status: 408,
      code: 'request_timeout',
      detail: 'the request did not arrive in time: send it without pauses',
      request_id: expect.stringMatching(/^req_/),
      errors: [],
    });
  });

  test('byte by byte in its body is let go, however large the body claims to be', async () => {
    const answer = await raw(
      post('Content-Type: application/json\r\nContent-Length: 1000\r\n'),
      'a'.repeat(200),
    );
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  });

  test('nothing at all, or nothing more after an answer, is let go', async () => {
    expect(await raw('')).toMatch(/^(HTTP\/1\.1 408 |$)/);
    expect(await raw('GET /health HTTP/1.1\r\nHost: x\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  });

  test('does not keep others from being served', async () => {
    const slow = Array.from({ length: 50 }, () => raw('GET /health HTTP/1.1\r\nX: ', 'a'.repeat(200)));
    const { status } = await app.admin.call('GET', '/api/v1/runs');
    expect(status).toBe(200);
    await Promise.all(slow);
  });
});

describe('a client that sends nonsense', () => {
  test.each([
    ['\x16\x03\x01\x02\x00', 400, 'malformed_request', 'this is no HTTP/1.1 request'],
    [
      'GET / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n',
      400,
      'malformed_request',
      'this is no HTTP/1.1 request',
    ],
    [
      `GET /health HTTP/1.1\r\nHost: x\r\nX-Big: ${'a'.repeat(20_000)}\r\n\r\n`,
      431,
      'headers_too_large',
      'the headers are larger than 16384 bytes: send less',
    ],
  ])('%#: is told so and let go', async (bytes, status, code, detail) => {
    const answer = await raw(bytes);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(problemIn(answer)).toMatchObject({ status, code, detail });
  });
});

describe('bodies', () => {
  const send = (body: string | Buffer, headers: Record<string, string>) =>
    fetch(`${app.url}/api/v1/environments`, {
      method: 'POST',
      headers: { authorization: `Bearer ${app.adminToken}`, ...headers },
      body: new Uint8Array(Buffer.from(body)),
    });
  const json = { 'content-type': 'application/json' };

  test.each([
    ['text/plain', 'content type text/plain is not supported: send application/json'],
    [
      'application/x-www-form-urlencoded',
      'content type application/x-www-form-urlencoded is not supported: send application/json',
    ],
    ['multipart/form-data; boundary=x', 'content type multipart/form-data; boundary=x is not supported'],
    ['application/jsonp', 'content type application/jsonp is not supported: send application/json'],
    ['', 'content type none is not supported: send application/json'],
    ['application/json; charset=utf-16', 'the body must be JSON in UTF-8, not utf-16'],
  ])('of type "%s" are refused', async (type, detail) => {
    const answer = await send('{}', { 'content-type': type });
    expect(answer.status).toBe(415);
    expect(await answer.json()).toMatchObject({
      code: 'unsupported_media_type',
      detail: expect.stringContaining(detail),
    });
  });

  test('of 1 MiB and one byte are refused, also when they are packed small', async () => {
    const large = `"${'a'.repeat(1_048_575)}"`;
    const packed = gzipSync(large);
    expect(packed.length).toBeLessThan(5000);
    for (const answer of [
      await send(large, json),
      await send(packed, { ...json, 'content-encoding': 'gzip' }),
    ]) {
      expect(answer.status).toBe(413);
      expect(await answer.json()).toMatchObject({
        code: 'body_too_large',
        detail: 'the body is larger than 1 MiB',
      });
    }
  });

  test('packed as something unknown are refused', async () => {
    const answer = await send(randomBytes(20), { ...json, 'content-encoding': 'compress' });
    expect(answer.status).toBe(415);
  });
});

describe('headers', () => {
  test('keep a browser from caching, framing, sniffing and running anything', async () => {
    const { headers } = await app.bare('GET', '/health');
    expect(Object.fromEntries(headers)).toMatchObject({
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none';frame-ancestors 'none'",
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'strict-transport-security': 'max-age=31536000',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    });
    expect(headers.get('x-powered-by')).toBeNull();
  });
});

describe('who asks too often', () => {
  test('is told what is left, then refused for as long as Retry-After says; others are not', async () => {
    const [one, other] = [await limited.as('viewer'), await limited.as('viewer')];
    for (const left of [4, 3, 2, 1, 0]) {
      const { status, headers } = await one.api.call('GET', '/api/v1/me');
      expect(status).toBe(200);
      expect(headers.get('ratelimit')).toMatch(new RegExp(`^"principal"; r=${left}; t=\\d+`));
      expect(headers.get('ratelimit-policy')).toMatch(/^"principal"; q=5; w=60/);
    }
    const { status, headers, body } = await one.api.call('GET', '/api/v1/me');
    const seconds = Number(headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(60);
    expect(status).toBe(429);
    expect(headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(body).toMatchObject({
      code: 'rate_limited',
      detail: `more than 5 requests a minute by this caller: ask again in ${seconds} seconds`,
    });
    expect((await other.api.call('GET', '/api/v1/me')).status).toBe(200);
  });

  test('the callers of one tenant share a limit', async () => {
    const callers = [
      await limited.as('viewer', limited.tenantId),
      await limited.as('viewer', limited.tenantId),
    ];
    const statuses: number[] = [];
    for (let turn = 0; turn < 10; turn += 1) {
      const { status, body } = await callers[turn % 2]!.api.call('GET', '/api/v1/me');
      statuses.push(status);
      if (turn === 9)
        expect(body.detail).toMatch(
          /^more than 8 requests a minute by all callers of this tenant together: ask again in \d+ seconds$/,
        );
    }
    expect(statuses).toEqual([200, 200, 200, 200, 200, 200, 200, 200, 429, 429]);
    expect((await (await limited.as('viewer')).api.call('GET', '/api/v1/me')).status).toBe(200);
  });

  test('refused ones stand in the audit log', async () => {
    const caller = await limited.as('viewer');
    for (let turn = 0; turn < 6; turn += 1) await caller.api.call('GET', '/api/v1/me');
    const { rows } = await limited.database.db.query(
      `select 1 from audit where actor_id = $1 and entry like '%"rate_limited"%'`,
      [caller.tokenId],
    );
    expect(rows).toHaveLength(1);
  });

  test('what is for probes is never refused', async () => {
    for (let turn = 0; turn < 12; turn += 1) expect((await limited.bare('GET', '/health')).status).toBe(200);
  });
});
