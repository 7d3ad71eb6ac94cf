import pg from 'pg';

/** A PostgreSQL server that is not Terrace's own. */
export interface AskedServer {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  /** Of libpq; anything but `disable` and the two that verify is `require`. */
  readonly sslmode: string;
}

/** Asks one question by a connection of its own, within 15 s. Throws the driver's errors as they are. */
export async function askServer(
  { sslmode, ...server }: AskedServer,
  text: string,
  values: readonly unknown[],
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const client = new pg.Client({
    ...server,
    application_name: 'terrace',
    connectionTimeoutMillis: 5000,
    query_timeout: 10_000,
    ssl: sslmode === 'disable' ? false : { rejectUnauthorized: sslmode.startsWith('verify-') },
  });
  // A connection that breaks says so twice; unheard, the second time would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query<Record<string, unknown>>(text, [...values])).rows;
  } finally {
    await client.end().catch(() => undefined);
  }
}
