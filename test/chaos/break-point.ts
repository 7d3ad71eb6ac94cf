/** Stops a run exactly where it passes a point of points.sql, from outside. */
import { once as event } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';

export interface BreakPoint {
  /** Resolves when the point is passed; false when it was not within `limitMs`. */
  hit(limitMs: number): Promise<boolean>;
  /** Lets go what is held, and disarms. A database that is away is waited for. */
  release(): Promise<void>;
}

export interface Armed {
  readonly point: string;
  readonly nth: number;
  /** Hold the change before it is made, or hear of it when it is committed. */
  readonly side: 'before' | 'after';
}

const lock = 4711;

export async function arm(databaseUrl: string, armed: Armed): Promise<BreakPoint> {
  const client = new pg.Client(databaseUrl);
  // A restart of the server ends the connection, and with it the lock.
  client.on('error', () => undefined);
  await client.connect();
  let told = false;
  client.on('notification', () => (told = true));
  await client.query('listen chaos');
  if (armed.side === 'before') await client.query('select pg_advisory_lock($1)', [lock]);
  await client.query(`select setval('chaos.passed', 1, false)`);
  await client.query('delete from chaos.armed');
  await client.query('insert into chaos.armed values ($1, $2, $3)', [armed.point, armed.nth, armed.side]);
  const waits = async () => {
    const { rowCount } = await client.query(
      `select 1 from pg_locks where locktype = 'advisory' and objid = $1 and not granted`,
      [lock],
    );
    return rowCount !== 0;
  };
  return {
    hit: async (limitMs) => {
      if (armed.side === 'after') {
        const signal = AbortSignal.timeout(limitMs);
        if (!told) await event(client, 'notification', { signal }).catch(() => undefined);
        return told;
      }
      // What is held waits: to look seldom costs the others less.
      for (const until = Date.now() + limitMs; Date.now() < until; await delay(15))
        if (await waits()) return true;
      return false;
    },
    release: async () => {
      await client.end().catch(() => undefined);
      await insist(() => once(databaseUrl, 'delete from chaos.armed'));
    },
  };
}

async function once(databaseUrl: string, sql: string): Promise<void> {
  const client = new pg.Client(databaseUrl);
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Tries again for a while what fails while the database restarts. */
export async function insist<T>(work: () => Promise<T>, limitMs = 20_000): Promise<T> {
  for (const until = Date.now() + limitMs; ; await delay(50))
    try {
      return await work();
    } catch (error) {
      if (Date.now() > until) throw error;
    }
}
