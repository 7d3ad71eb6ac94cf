import { chown, stat } from 'node:fs/promises';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { inTransaction } from '../../src/db/db.js';
import { createPool } from '../../src/db/pool.js';
import { isConstraintError, translateDbError } from '../../src/db/translate.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { smallDisk } from '../support/small-disk.js';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
const disk = smallDisk();
const withDisk = 'reason' in disk ? test.skip : test;
const why = 'reason' in disk ? ` (skipped: ${disk.reason})` : '';
afterAll(async () => {
  if (!('reason' in disk)) disk.remove();
  await database.drop();
});

const unavailable = { code: 'database_unavailable', message: 'PostgreSQL does not answer', retryable: true };

describe('the pool', () => {
  test('gives bigint as a number, and refuses one that would lose digits', async () => {
    const { rows } = await database.db.query(
      'select 9007199254740991::bigint as most, count(*) as none from runs',
    );
    expect(rows).toEqual([{ most: 9_007_199_254_740_991, none: 0 }]);
    await expect(database.db.query('select 9007199254740993::bigint as more')).rejects.toThrow(
      'does not fit a number',
    );
  });

  test('works in UTC', async () => {
    const { rows } = await database.db.query(`select current_setting('timezone') as zone`);
    expect(rows).toEqual([{ zone: 'UTC' }]);
  });

  test('ends a statement that takes too long', async () => {
    const hasty = createPool(database.url, { max: 1, statementTimeoutMs: 50 });
    await expect(hasty.query('select pg_sleep(30)')).rejects.toMatchObject({ code: '57014' });
    await hasty.end();
  });

  test('says database_unavailable when nobody listens', async () => {
    const pool = createPool('postgres://x:y@127.0.0.1:1/none', { max: 1 });
    await expect(pool.query('select 1')).rejects.toMatchObject(unavailable);
    await expect(inTransaction(pool, (tx) => tx.query('select 1'))).rejects.toMatchObject(unavailable);
    await pool.end();
  });

  withDisk(`says database_unavailable while the disk of the server is full, and why${why}`, async () => {
    if ('reason' in disk) return;
    const { db } = database;
    const { rows } = await db.query<{ place: string }>(`select current_setting('data_directory') as place`);
    const { uid, gid } = await stat(rows[0]!.place);
    await chown(disk.folder, uid, gid);
    const name = `small_${process.pid}`;
    await db.query(`create tablespace ${name} location '${disk.folder}'`);
    try {
      await db.query(`create table filling (text text) tablespace ${name}`);
      const fill = db.query(`insert into filling select repeat('x', 1000) from generate_series(1, 1000)`);
      await expect(fill).rejects.toMatchObject({
        ...unavailable,
        message: 'PostgreSQL has no space left on its disk: make room there',
      });
    } finally {
      await db.query('drop table if exists filling');
      await db.query(`drop tablespace ${name}`);
    }
  });

  test('says database_unavailable when the server accepts and hangs', async () => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => sockets.push(socket));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const pool = createPool(`postgres://x:y@127.0.0.1:${port}/none`, { max: 1 });
    await expect(pool.query('select 1')).rejects.toMatchObject(unavailable);
    for (const socket of sockets) socket.destroy();
    await pool.end();
    silent.close();
  });

  test('survives sessions killed while idle and in a transaction', async () => {
    const pool = createPool(database.url, { max: 2 });
    const pid = async () =>
      (await pool.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]!.pid;
    await database.db.query('select pg_terminate_backend($1)', [await pid()]);
    await expect(
      inTransaction(pool, async (tx) => {
        const { rows } = await tx.query<{ pid: number }>('select pg_backend_pid() as pid');
        await database.db.query('select pg_terminate_backend($1)', [rows[0]!.pid]);
        await tx.query('select 1');
      }),
    ).rejects.toMatchObject(unavailable);
    expect(await pid()).toBeGreaterThan(0);
    await pool.end();
  });
});

describe('a transaction', () => {
  test('leaves nothing when its work throws', async () => {
    const work = inTransaction(database.db, async (tx) => {
      await tx.query(`insert into facts (name, value) values ('x', '')`);
      throw new Error('no');
    });
    await expect(work).rejects.toThrow('no');
    const { rows } = await database.db.query(`select 1 from facts where name = 'x'`);
    expect(rows).toEqual([]);
  });
});

describe('errors that are not of the connection', () => {
  test('stay what they are', async () => {
    const error: unknown = await database.db.query('select nothing').catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: '42703' });
    expect(translateDbError(error)).toBe(error);
    expect(translateDbError('text')).toBe('text');
  });

  test('tell which constraint was violated', async () => {
    const insert = () => database.db.query(`insert into facts (name, value) values ('twice', '')`);
    await insert();
    const error: unknown = await insert().catch((thrown: unknown) => thrown);
    expect(isConstraintError(error)).toBe(true);
    expect(isConstraintError(error, 'facts_pkey')).toBe(true);
    expect(isConstraintError(error, 'other')).toBe(false);
  });
});
