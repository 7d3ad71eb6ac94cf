import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { lookup as systemLookup, LookupAddress } from 'node:dns';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createOutbound } from '../../src/http/outbound.js';
import { ipRanges, isPublicAddress } from '../../src/lib/ip-ranges.js';

let server: Server;
let port: number;
let calls = 0;
beforeAll(async () => {
  server = createServer((req, res) => {
    calls += 1;
    if (req.url === '/elsewhere') return res.writeHead(302, { location: '/secret' }).end();
    if (req.url === '/huge') return res.end(Buffer.alloc(3000));
    if (req.url === '/drip') return void res.write('a');
    if (req.url === '/never') return undefined;
    let body = '';
    req.on('data', (chunk: Buffer) => (body += chunk.toString()));
    return req.on('end', () => res.end(JSON.stringify({ method: req.method, headers: req.headers, body })));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

const strict = createOutbound();
const lenient = createOutbound({ allowedRanges: ['127.0.0.0/8', '::1'] });
const at = (path: string, host = '127.0.0.1') => `http://${host}:${port}${path}`;

describe('addresses', () => {
  test.each([
    '0.0.0.0 10.0.0.1 100.64.0.1 127.0.0.1 127.255.255.254 169.254.169.254 172.16.0.1 172.31.255.255 192.168.1.1',
    '192.0.0.8 192.0.2.1 198.18.0.1 198.51.100.7 203.0.113.9 224.0.0.1 240.0.0.1 255.255.255.255',
    ':: ::1 fe80::1 fc00::1 fd12:3456::1 ff02::1 fec0::1 64:ff9b::a00:1 100::1 2001:db8::1 2001::1 2002:a00:1::',
    '::ffff:127.0.0.1 ::ffff:a9fe:a9fe ::ffff:10.0.0.1 localhost 1.2.3',
  ])('not public: %s', (addresses) => {
    expect(addresses.split(' ').filter(isPublicAddress)).toEqual([]);
  });

  test('public ones, up to the edges of what is not', () => {
    const all =
      '1.1.1.1 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 172.15.255.255 172.32.0.0 223.255.255.255';
    const six = '2606:4700::1111 2a00:1450::1 2001:4860:4860::8888 2003::1';
    expect(`${all} ${six}`.split(' ').filter((address) => !isPublicAddress(address))).toEqual([]);
  });

  test('a range knows an IPv4 address in IPv6 clothes', () => {
    expect(ipRanges(['10.0.0.0/8']).has('::ffff:10.2.3.4')).toBe(true);
    expect(() => ipRanges(['ten'])).toThrow('ten is no range of IP addresses');
  });
});

describe('a call outside', () => {
  test.each([
    ['127.0.0.1', '127.0.0.1 is not'],
    ['2130706433', '127.0.0.1 is not'],
    ['0x7f.1', '127.0.0.1 is not'],
    ['[::1]', '::1 is not'],
    ['[::ffff:127.0.0.1]', '::ffff:7f00:1 is not'],
    ['localhost', 'localhost is '],
    ['169.254.169.254', '169.254.169.254 is not'],
  ])('to %s is refused before anything is sent', async (host, text) => {
    const before = calls;
    await expect(strict({ url: at('/', host) })).rejects.toMatchObject({
      reason: 'forbidden_address',
      message: expect.stringContaining(text),
    });
    expect(calls).toBe(before);
  });

  test('a name is looked up once, and the connection goes where the check looked', async () => {
    let asked = 0;
    const turns = (addresses: readonly string[]) =>
      ((_name: string, _options: unknown, done: (fault: null, found: LookupAddress[]) => void) =>
        done(null, [{ address: addresses[asked++] ?? '', family: 4 }])) as unknown as typeof systemLookup;
    const rebound = createOutbound({
      allowedRanges: ['127.0.0.1'],
      lookup: turns(['127.0.0.1', '127.0.0.2']),
    });
    expect((await rebound({ url: at('/', 'rebind.example.com') })).status).toBe(200);
    expect(asked).toBe(1);
    await expect(rebound({ url: at('/', 'rebind.example.com') })).rejects.toMatchObject({
      reason: 'forbidden_address',
      message:
        'rebind.example.com is 127.0.0.2, which is not of the public internet: Terrace calls it only when OUTBOUND_ALLOWED_RANGES names it',
    });
  });

  test('one private address among public ones is one too many', async () => {
    const both = ((_name: string, _options: unknown, done: (fault: null, found: LookupAddress[]) => void) =>
      done(null, [
        { address: '192.0.1.1', family: 4 },
        { address: '10.0.0.1', family: 4 },
      ])) as unknown as typeof systemLookup;
    await expect(createOutbound({ lookup: both })({ url: at('/', 'both.example.com') })).rejects.toThrow(
      'both.example.com is 10.0.0.1',
    );
  });

  test('sends what it is given and gives back what comes', async () => {
    const { status, body, headers } = await lenient({
      url: at('/echo', 'localhost'),
      method: 'POST',
      headers: { 'x-one': '1' },
      body: '{"ü":1}',
    });
    expect(status).toBe(200);
    expect(headers.date).toBeDefined();
    expect(JSON.parse(body.toString())).toMatchObject({
      method: 'POST',
      body: '{"ü":1}',
      headers: { 'x-one': '1', 'user-agent': 'terrace', 'content-length': '8', connection: 'close' },
    });
  });

  test('follows no redirect', async () => {
    const before = calls;
    await expect(lenient({ url: at('/elsewhere') })).rejects.toMatchObject({
      reason: 'redirected',
      message: `127.0.0.1:${port} answers with a redirect, which is not followed`,
    });
    expect(calls).toBe(before + 1);
  });

  test('takes so many bytes and no more', async () => {
    await expect(lenient({ url: at('/huge'), limitBytes: 2999 })).rejects.toMatchObject({
      reason: 'too_large',
      message: `127.0.0.1:${port} answers with more than 2999 bytes`,
    });
    expect((await lenient({ url: at('/huge'), limitBytes: 3000 })).body).toHaveLength(3000);
    expect((await lenient({ url: at('/huge'), limitBytes: 10, cut: true })).body).toHaveLength(10);
  });

  test.each(['/never', '/drip'])('waits so long and no longer: %s', async (path) => {
    await expect(lenient({ url: at(path), timeoutMs: 60 })).rejects.toMatchObject({
      reason: 'timeout',
      message: `127.0.0.1:${port} did not answer within 60 ms`,
    });
  });

  test('ends when its caller says so', async () => {
    const stop = new AbortController();
    const call = lenient({ url: at('/never'), signal: stop.signal });
    stop.abort();
    await expect(call).rejects.toMatchObject({ reason: 'aborted' });
  });

  test('tells why nothing answers', async () => {
    await expect(lenient({ url: 'http://127.0.0.1:9/' })).rejects.toMatchObject({
      reason: 'unreachable',
      message: '127.0.0.1:9 cannot be reached: ECONNREFUSED',
    });
  });

  test.each(['ftp://example.com/', 'file:///etc/passwd', 'nonsense', ''])('is no call: %s', async (url) => {
    await expect(lenient({ url })).rejects.toMatchObject({
      reason: 'bad_url',
      message: `${url} is no http or https address`,
    });
  });

  test('carries no password in its address', async () => {
    await expect(lenient({ url: `http://u:secret@127.0.0.1:${port}/` })).rejects.toThrow(
      `the address of 127.0.0.1:${port} holds a name or a password: remove it`,
    );
  });
});
