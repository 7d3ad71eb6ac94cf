import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { createPool, type DbPool } from '../../src/db/pool.js';

export interface TestDatabase {
  readonly db: DbPool;
  readonly url: string;
  /** Ends the pool and drops the database, whoever is still connected. */
  drop(): Promise<void>;
}

/** A migrated database of its own for one test file, cloned from the template; `empty` gives one without any table. */
export async function createTestDatabase(from: 'template' | 'empty' = 'template'): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await asAdmin(
    `create database ${name} template ${from === 'template' ? 'terrace_template' : 'template0'} strategy file_copy`,
  );
  const url = serverUrl().replace(/terrace$/, name);
  const db = createPool(url, { max: 10, applicationName: name });
  return {
    db,
    url,
    drop: async () => {
      if (!db.ended) await db.end();
      await asAdmin(`drop database if exists ${name} with (force)`);
    },
  };
}

/** Runs one statement on the server of the test run, outside any test database. */
export async function asAdmin(sql: string): Promise<void> {
  const client = new pg.Client(serverUrl());
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

function serverUrl(): string {
  const url = process.env['TERRACE_TEST_DATABASE'];
  if (url === undefined)
    throw new Error('no test database: run the tests with jest.config.js of this project');
  return url;
}
