import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';

/** Connects to the PostgreSQL that a Terrace of that home runs, as its owner. */
export async function connectToHome(home: string): Promise<pg.Client> {
  const { port, password } = JSON.parse(await readFile(join(home, 'postgres.json'), 'utf8'));
  const client = new pg.Client({ host: '127.0.0.1', port, password, user: 'terrace', database: 'terrace' });
  await client.connect();
  return client;
}
