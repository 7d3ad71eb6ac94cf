import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { migrate, migrationsFolder } from '../../src/db/migrate.js';
import { createPool } from '../../src/db/pool.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
let folder: string;

beforeEach(async () => {
  database = await createTestDatabase('empty');
  folder = await mkdtemp(join(tmpdir(), 'terrace-migrations-'));
});
afterEach(async () => {
  await database.drop();
  await rm(folder, { recursive: true });
});

async function applied(): Promise<number[]> {
  const { rows } = await database.db.query<{ version: number }>(
    'select version from schema_migrations order by version',
  );
  return rows.map((row) => row.version);
}

describe('migrations', () => {
  test('build the schema from empty, and change nothing the second time', async () => {
    await migrate(database.db);
    const first = await applied();
    expect(first[0]).toBe(1);
    await migrate(database.db);
    expect(await applied()).toEqual(first);
    await database.db.query('select run_id from runs');
  });

  test('of six processes at once are applied once', async () => {
    const pools = Array.from({ length: 6 }, () => createPool(database.url, { max: 1 }));
    await Promise.all(pools.map((pool) => migrate(pool)));
    await Promise.all(pools.map((pool) => pool.end()));
    expect(new Set(await applied()).size).toBe((await applied()).length);
  });

  test('of a newer Terrace make an older one refuse', async () => {
    await migrate(database.db);
    const known = (await applied()).at(-1)!;
    await database.db.query(`insert into schema_migrations values ($1, 'later.sql', 'x')`, [known + 1]);
    await expect(migrate(database.db)).rejects.toMatchObject({
      code: 'database_too_new',
      message: `the database has schema version ${known + 1}, this Terrace knows ${known}: run the newer Terrace`,
    });
  });

  test('changed after they were applied are refused', async () => {
    await cp(migrationsFolder, folder, { recursive: true });
    await migrate(database.db, folder);
    await writeFile(join(folder, '001_init.sql'), 'select 1');
    await expect(migrate(database.db, folder)).rejects.toMatchObject({
      code: 'internal',
      message: 'migration 001_init.sql was changed after it had been applied: restore the file',
    });
  });

  test('are applied all or none', async () => {
    await writeFile(join(folder, '001_good.sql'), 'create table good (id integer)');
    await writeFile(join(folder, '002_bad.sql'), 'create table bad (id integer); select 1 / 0');
    await expect(migrate(database.db, folder)).rejects.toThrow('division by zero');
    const { rows } = await database.db.query(`select 1 from pg_tables where tablename in ('good', 'bad')`);
    expect(rows).toEqual([]);
    await writeFile(join(folder, '002_bad.sql'), 'create table bad (id integer)');
    await migrate(database.db, folder);
    expect(await applied()).toEqual([1, 2]);
  });

  test('have numbers of their own', async () => {
    await writeFile(join(folder, '001_first.sql'), 'select 1');
    await writeFile(join(folder, '001_second.sql'), 'select 1');
    await expect(migrate(database.db, folder)).rejects.toThrow(
      'migration 001_second.sql: expected a name with a number of its own, such as 007_things.sql',
    );
  });

  test('may come late: a missing number is applied when it is there', async () => {
    await writeFile(join(folder, '002_second.sql'), 'create table second (id integer)');
    await migrate(database.db, folder);
    await writeFile(join(folder, '001_first.sql'), 'create table first (id integer)');
    await migrate(database.db, folder);
    expect(await applied()).toEqual([1, 2]);
  });
});
