import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface StateServer {
  /** TF_HTTP_* of a state of its own. */
  env(name: string): Record<string, string>;
  close(): Promise<void>;
}

/**
 * The least state backend that terraform's `http` protocol allows: states in memory, in clear, every lock granted. What
 * bare terraform is measured with, so that nothing of Terrace's own backend is on that side.
 */
export async function startStateServer(): Promise<StateServer> {
  const states = new Map<string, Buffer>();
  const server = createServer((req, res) => {
    void readBody(req).then((body) => {
      const path = (req.url ?? '/').split('?')[0] ?? '/';
      if (req.method === 'POST') states.set(path, body);
      const state = req.method === 'GET' ? states.get(path) : Buffer.alloc(0);
      res.writeHead(state === undefined ? 404 : 200).end(state);
    });
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    env: (name) => {
      const address = `http://127.0.0.1:${port}/${name}`;
      return { TF_HTTP_ADDRESS: address, TF_HTTP_LOCK_ADDRESS: address, TF_HTTP_UNLOCK_ADDRESS: address };
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readBody(req: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of req as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
