import pg from 'pg';
import type { Log } from '../log/log.js';

export interface ListenProps {
  readonly databaseUrl: string;
  /** Name of the notifications. */
  readonly channel: string;
  readonly log: Log;
  /** Called for each notification with its payload. */
  readonly onNotify: (payload: string) => void;
  /** Called whenever the connection is up, also after it was down: what was notified meanwhile is lost, so look. */
  readonly onConnect: () => void;
}

export interface Listener {
  close(): Promise<void>;
}

const longestPauseMs = 5_000;

/** Keeps one connection listening on a channel, through any outage of the database. Starts at once; never rejects. */
export function startListening(props: ListenProps): Listener {
  const { databaseUrl, channel, log } = props;
  let closed = false;
  let failures = 0;
  let client: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let connecting = connect();

  async function connect(): Promise<void> {
    const mine = new pg.Client({
      connectionString: databaseUrl,
      application_name: `terrace-listen-${channel}`,
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
    });
    client = mine;
    let lost = false;
    const lose = (error: Error) => {
      if (lost || closed) return;
      lost = true;
      log.warn({ channel, detail: error.message }, 'the listener has no connection; trying again');
      void mine.end().catch(() => undefined);
      timer = setTimeout(() => (connecting = connect()), Math.min(longestPauseMs, 100 * 2 ** failures++));
    };
    mine.on('error', lose);
    mine.on('notification', ({ payload }) => props.onNotify(payload ?? ''));
    try {
      await mine.connect();
      await mine.query(`listen ${mine.escapeIdentifier(channel)}`);
      failures = 0;
      if (!closed) props.onConnect();
    } catch (error) {
      lose(error instanceof Error ? error : new Error(String(error)));
    }
  }

  return {
    close: async () => {
      closed = true;
      clearTimeout(timer);
      await connecting;
      await client?.end().catch(() => undefined);
    },
  };
}
