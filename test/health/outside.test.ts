/** The API and data services, asked on this machine by real connections. */
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { dataFinding, dataTargets, type DataTarget } from '../../src/health/data-findings.js';
import { httpFinding } from '../../src/health/http-finding.js';
import { createOutboundConnect } from '../../src/http/outbound-connect.js';
import { createOutbound } from '../../src/http/outbound.js';

const allowedRanges = ['127.0.0.0/8'];
const servers: (Server | TcpServer)[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.close();
    if ('closeAllConnections' in server) server.closeAllConnections();
  }
});

async function listening(server: Server | TcpServer): Promise<number> {
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const serve = async (answer: RequestListener) => `http://127.0.0.1:${await listening(createServer(answer))}/`;
const ask = (url: string, outbound = createOutbound({ allowedRanges })) =>
  httpFinding(outbound, url, new AbortController().signal);
const closedPort = async () => {
  const server = createTcpServer();
  const port = await listening(server);
  server.close();
  await once(server, 'close');
  return port;
};

describe('the API', () => {
  test.each([
    [200, 'hello', 'healthy', 'answers 200'],
    [200, '{"status":"ok"}', 'healthy', 'answers 200'],
    [404, '', 'healthy', 'answers 404'],
    [503, '', 'unhealthy', 'answers 503'],
    [200, '{"status":"DOWN"}', 'unhealthy', 'says that it is DOWN'],
    [302, '', 'healthy', 'answers with a redirect'],
    [200, 'x'.repeat(70_000), 'healthy', 'answers'],
  ])('that answers %i %s is %s', async (code, body, status, message) => {
    const url = await serve((_, res) => res.writeHead(code).end(body));
    expect(await ask(url)).toMatchObject({ component: 'api', status, message: `${url} ${message}` });
  });

  test('tells how long it took', async () => {
    const { latencyMs } = await ask(await serve((_, res) => res.end()));
    expect(latencyMs).toBeGreaterThanOrEqual(0);
    expect(latencyMs).toBeLessThan(2000);
  });

  test('that does not listen is unhealthy, and may come up', async () => {
    const url = `http://127.0.0.1:${await closedPort()}/`;
    const { host } = new URL(url);
    expect(await ask(url)).toEqual({
      component: 'api',
      status: 'unhealthy',
      message: `${host} cannot be reached: ECONNREFUSED`,
      mayPass: true,
    });
  });

  test('at a private address is not asked, and counts for nothing', async () => {
    let asked = false;
    const url = await serve((_, res) => {
      asked = true;
      res.end();
    });
    expect(await ask(url, createOutbound())).toEqual({
      component: 'api',
      status: 'unknown',
      message: `${url} was not asked: 127.0.0.1 is not of the public internet: Terrace calls it only when OUTBOUND_ALLOWED_RANGES names it`,
    });
    expect(asked).toBe(false);
  });

  test('whose name has no address yet is degraded', async () => {
    const missing = Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' });
    const lookup = ((_host: string, _options: unknown, done: (error: Error, found: never[]) => void) =>
      done(missing, [])) as never;
    expect(await ask('https://shop.example.com/', createOutbound({ lookup }))).toEqual({
      component: 'api',
      status: 'degraded',
      message: 'shop.example.com has no address yet: point its DNS at the ingress',
      mayPass: true,
    });
  });
});

describe('data services', () => {
  const target = (port: number, speaks: DataTarget['speaks']): DataTarget => ({
    component: 'database',
    address: 'aws_db_instance.database',
    host: '127.0.0.1',
    port,
    speaks,
  });
  const look = (one: DataTarget, ranges: readonly string[] = allowedRanges) =>
    dataFinding(createOutboundConnect({ allowedRanges: ranges }), one, new AbortController().signal);
  const talking = (answer: string) =>
    listening(
      createTcpServer((socket) => socket.once('data', () => socket.end(answer)).on('error', () => {})),
    );

  test('a real PostgreSQL takes connections', async () => {
    const server = new URL(process.env['TERRACE_TEST_DATABASE'] ?? '');
    expect(await look(target(Number(server.port), 'postgresql'))).toMatchObject({
      status: 'healthy',
      message: 'aws_db_instance.database takes connections',
    });
  });

  test('what says something else is no PostgreSQL', async () => {
    const port = await talking('HTTP/1.1 400');
    expect(await look(target(port, 'postgresql'))).toMatchObject({
      status: 'unhealthy',
      message: `aws_db_instance.database: 127.0.0.1:${port} is no PostgreSQL`,
      mayPass: true,
    });
    expect(await look(target(port, 'other'))).toMatchObject({ status: 'healthy' });
  });

  test('that do not listen are unhealthy; in a private network they are unknown', async () => {
    const port = await closedPort();
    expect(await look(target(port, 'other'))).toMatchObject({
      status: 'unhealthy',
      message: `aws_db_instance.database: 127.0.0.1:${port} cannot be reached: ECONNREFUSED`,
    });
    expect(await look(target(port, 'other'), [])).toMatchObject({ status: 'unknown' });
  });

  test('are found in a state by their addresses', () => {
    const one = (type: string, values: Record<string, unknown>) => ({ address: `${type}.x`, type, values });
    const found = dataTargets([
      one('aws_db_instance', { address: 'db.example.com', port: 5432, engine: 'postgres' }),
      one('aws_db_instance', { address: 'my.example.com', port: 3306, engine: 'mysql' }),
      one('aws_db_instance', { address: null }),
      one('aws_elasticache_replication_group', { primary_endpoint_address: 'c.example.com', port: 6379 }),
      one('aws_elasticache_serverless_cache', { endpoint: [{ address: 's.example.com', port: 6379 }] }),
      one('aws_vpc', {}),
    ]);
    expect(found.map(({ host, port, speaks }) => [host, port, speaks])).toEqual([
      ['db.example.com', 5432, 'postgresql'],
      ['my.example.com', 3306, 'other'],
      ['c.example.com', 6379, 'other'],
      ['s.example.com', 6379, 'other'],
    ]);
  });
});
