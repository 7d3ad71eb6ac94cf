import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { eventually } from './eventually.js';

/** The Redis of the test run, or undefined where no redis-server is installed; in CI that is an error. */
export function testRedis(): string | undefined {
  const url = process.env['TERRACE_TEST_REDIS'];
  if (url === undefined && process.env['CI'] !== undefined)
    throw new Error(
      'no redis-server on the path: CI tests the queue on both backends (apt-get install redis-server)',
    );
  return url;
}

export interface OwnRedis {
  readonly url: string;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** A redis-server of one test, on a port that stays while it is stopped and started. */
export function ownRedis(port: number, moreFlags: readonly string[] = []): OwnRedis {
  let child: ChildProcess | undefined;
  return {
    url: `redis://127.0.0.1:${port}`,
    start: async () => {
      const flags = [
        '--port',
        String(port),
        '--bind',
        '127.0.0.1',
        '--save',
        '',
        '--maxmemory-policy',
        'noeviction',
        ...moreFlags,
      ];
      child = spawn('redis-server', flags, { stdio: 'ignore' });
      await eventually('redis listens', () => accepts(port));
    },
    stop: async () => {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

/** A port of this machine that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
