import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { servedEnv } from './terrace.js';

/** Connects to the database of a home, the embedded one once its Terrace has started, as its owner. */
export async function connectToHome(home: string): Promise<pg.Client> {
  const client = new pg.Client(servedEnv(home)?.['DATABASE_URL'] ?? (await embeddedUrl(home)));
  await client.connect();
  return client;
}

async function embeddedUrl(home: string): Promise<string> {
  const { port, password } = JSON.parse(await readFile(join(home, 'postgres.json'), 'utf8'));
  return `postgres://terrace:${password}@127.0.0.1:${port}/terrace`;
}
