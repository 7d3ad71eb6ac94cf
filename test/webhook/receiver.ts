/** A receiver of webhooks on loopback: its paths behave as receivers do, good and bad. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Json } from '../support/api.js';
import { eventually } from '../support/eventually.js';

export interface Received {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly body: Json;
}

export interface Receiver {
  readonly port: number;
  url(path: string): string;
  /** What has come to a path so far, oldest first. */
  at(path: string): Received[];
  /** Waits until so many have come. */
  count(path: string, atLeast: number): Promise<Received[]>;
  /** Answers whatever waits at a path `/held...`, and at once what comes there later. */
  letGo(path: string): void;
  close(): Promise<void>;
}

type Behaviour = (res: ServerResponse, req: IncomingMessage) => void;

const behaviours: Readonly<Record<string, Behaviour>> = {
  fail: (res) => res.writeHead(500).end('it broke\0'),
  redirect: (res) => res.writeHead(302, { location: '/ok' }).end(),
  reset: (_, req) => req.socket.resetAndDestroy(),
  never: () => undefined,
  huge: (res) => res.end('x'.repeat(3_000_000)),
  drip: (res) => void res.write('x'),
  gone: (res) => res.writeHead(410).end(),
  later: (res) => res.writeHead(429, { 'retry-after': '60' }).end(),
};

export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  const waiting = new Map<string, ServerResponse[]>();
  const open = new Set<string>();
  const server = createServer((req, res) => {
    let text = '';
    req.on('data', (chunk: Buffer) => (text += chunk.toString()));
    req.on('end', () => {
      const path = req.url ?? '';
      const headers = req.headers as Record<string, string>;
      received.push({ path, headers, text, body: JSON.parse(text) });
      const kind = /^\/([a-z]+)/.exec(path)?.[1] ?? '';
      if (kind === 'held' && !open.has(path)) waiting.set(path, [...(waiting.get(path) ?? []), res]);
      else (behaviours[kind] ?? ((one) => one.end('thanks')))(res, req);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const at = (path: string) => received.filter((one) => one.path === path);
  return {
    port,
    url: (path) => `http://127.0.0.1:${port}${path}`,
    at,
    count: async (path, atLeast) => {
      await eventually(`${atLeast} at ${path}`, () => at(path).length >= atLeast);
      return at(path);
    },
    letGo: (path) => {
      open.add(path);
      for (const res of waiting.get(path) ?? []) res.end();
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
