import { connect, isIP, type Socket } from 'node:net';
import { once } from 'node:events';
import { OutboundFault } from './outbound-fault.js';
import { createGuard, type OutboundProps } from './outbound.js';

export interface OutboundConnectRequest {
  readonly host: string;
  readonly port: number;
  /** Sent when connected; then an answer is waited for. */
  readonly ask?: Buffer;
  /** From the look-up of the name to the first byte. @default 5 s */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** Connects, and gives the first bytes of the answer to `ask`; without one, nothing. Throws `OutboundFault`, and nothing else. */
export type OutboundConnect = (request: OutboundConnectRequest) => Promise<Buffer>;

/** Connections to addresses that others have a say in, under the rules of `createOutbound`. */
export function createOutboundConnect(props: OutboundProps = {}): OutboundConnect {
  const guard = createGuard(props);
  return async ({ host, port, ask, timeoutMs = 5000, signal: stop }) => {
    const where = `${host}:${port}`;
    if (isIP(host) !== 0) guard.assertMayCall(host);
    const limit = AbortSignal.timeout(timeoutMs);
    const signal = stop === undefined ? limit : AbortSignal.any([limit, stop]);
    let socket: Socket | undefined;
    try {
      signal.throwIfAborted();
      socket = connect({ host, port, lookup: guard.lookup });
      await once(socket, 'connect', { signal });
      if (ask === undefined) return Buffer.alloc(0);
      socket.write(ask);
      const [answer] = (await once(socket, 'data', { signal })) as [Buffer];
      return answer;
    } catch (fault) {
      if (fault instanceof OutboundFault) throw fault;
      if (stop?.aborted === true) throw new OutboundFault('aborted', `the call to ${where} was stopped`);
      if (limit.aborted) throw new OutboundFault('timeout', `${where} did not answer within ${timeoutMs} ms`);
      const { code, message } = fault as Partial<NodeJS.ErrnoException>;
      throw new OutboundFault('unreachable', `${where} cannot be reached: ${code ?? message}`, fault);
    } finally {
      socket?.on('error', () => undefined);
      socket?.destroy();
    }
  };
}
