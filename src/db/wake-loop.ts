/** Work that is looked for whenever the database notifies of it, and by the clock; one look at a time, and none is missed. */
import type { Log } from '../log/log.js';
import { startListening } from './listen.js';

export interface WakeLoop {
  /** Looks now, or once more after the look under way. A look that fails is logged. */
  wake(): void;
  /** The same; resolves when nothing is left to look at, rejects when a look fails. */
  tick(): Promise<void>;
  /** Looks no more; resolves when the look under way has ended. */
  close(): Promise<void>;
}

export interface WakeLoopProps {
  readonly databaseUrl: string;
  /** What notifies of work. */
  readonly channel: string;
  readonly everyMs: number;
  readonly log: Log;
  /** Logged when a look fails. */
  readonly failed: string;
  /** Does all that waits; `closed` says that it shall stop early. */
  look(closed: () => boolean): Promise<void>;
}

/** Starts with a look. */
export function startWakeLoop({ databaseUrl, channel, everyMs, log, failed, look }: WakeLoopProps): WakeLoop {
  let closed = false;
  let again = false;
  let looking: Promise<void> | undefined;
  const run = async () => {
    do {
      again = false;
      await look(() => closed);
    } while (again && !closed);
  };
  const tick = () => {
    if (closed) return Promise.resolve();
    again = true;
    looking ??= run().finally(() => (looking = undefined));
    return looking;
  };
  const wake = () => {
    if (looking !== undefined) again = true;
    else tick().catch((error: unknown) => log.warn({ err: error }, failed));
  };
  const listener = startListening({ databaseUrl, channel, log, onNotify: wake, onConnect: wake });
  const timer = setInterval(wake, everyMs);
  wake();
  return {
    wake,
    tick,
    close: async () => {
      closed = true;
      clearInterval(timer);
      await listener.close();
      await looking?.catch(() => undefined);
    },
  };
}
