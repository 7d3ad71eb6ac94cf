/** A way to a server on loopback that can be cut and mended; its port stays. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface Wire {
  readonly port: number;
  /** Ends what goes through it; from now on nothing listens. */
  cut(): void;
  mend(): Promise<void>;
  close(): void;
}

export async function startWire(toPort: number): Promise<Wire> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const far = connect(toPort, '127.0.0.1');
    for (const [one, other] of [
      [client, far],
      [far, client],
    ] as const) {
      sockets.add(one);
      one.pipe(other);
      one.on('error', () => other.destroy()).on('close', () => sockets.delete(one) && other.destroy());
    }
  });
  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const cut = () => {
    server.close();
    sockets.forEach((one) => one.destroy());
  };
  return { port, cut, mend: () => listen(port), close: cut };
}
