import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { verifyChain } from '../../src/audit/audit-service.js';
import { pruneAudit } from '../../src/audit/auditor.js';
import { openBackupFile } from '../../src/backup/backup-file.js';
import { keptTables } from '../../src/backup/backup-store.js';
import { goOn } from '../../src/backup/go-on.js';
import { describeDatabase } from '../../src/backup/restore-store.js';
import { readHeader, restoreBackup } from '../../src/backup/restore-backup.js';
import { takeBackup } from '../../src/backup/take-backup.js';
import { proveKey } from '../../src/crypto/canary-store.js';
import { createKeyring } from '../../src/crypto/envelope.js';
import type { Queryable } from '../../src/db/db.js';
import { createPool } from '../../src/db/pool.js';
import { insertPlan } from '../../src/plan/plan-store.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { testPlan } from '../support/plan-row.js';
import { insertRun } from '../support/rows.js';

const key = randomBytes(32);
const keyring = createKeyring({ current: key });
let folder: string;
let source: TestDatabase;
let path: string;
let target: TestDatabase | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'terrace-backup-'));
  path = join(folder, 'good');
  source = await createTestDatabase();
  const { db } = source;
  await proveKey(db, keyring);
  const { runId, tenantId } = await insertRun(db);
  // What PostgreSQL writes otherwise than JavaScript would.
  await db.query(
    `insert into events (event_id, tenant_id, type, message, data) values ('evt_1', $1, 'run_queued', E'a\\u2028"b\\\\', '{"n": 12345678901234567890.10, "f": 1.0}')`,
    [tenantId],
  );
  await db.query(`update tenants set max_cpu_cores = 0.1, created_at = '2024-02-29 12:34:56.789012+00'`);
  await db.query(
    `insert into environment_secrets (environment_id, name, ciphertext) select environment_id, 'x', '\\x00ff5c' from runs`,
  );
  await db.query(
    `insert into audit (entry) select '{"at": "202' || n || '", "action": "a", "result": "done"}' from generate_series(4, 6) n`,
  );
  await pruneAudit(db, 1, { now: () => new Date('2025-06-01T00:00:00Z') });
  await db.query(`update runs set lease_owner = null, status = 'queued' where run_id = $1`, [runId]);
  await takeBackup({ db, keyring, path });
});
afterEach(async () => {
  await target?.drop();
  target = undefined;
});
afterAll(async () => {
  await source.drop();
  await rm(folder, { recursive: true });
});

/** Every row of every table, as PostgreSQL tells it. */
async function contents(db: Queryable): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  for (const { name, read } of await keptTables(db)) {
    const { rows } = await db.query<{ row: string }>(read);
    found[name] = rows.map(({ row }) => row).sort();
  }
  return found;
}

/** How tables are guarded: references and triggers. */
async function guards(db: Queryable): Promise<unknown[]> {
  const { rows } = await db.query(
    `select conname as name, pg_get_constraintdef(oid) as text from pg_constraint where connamespace = 'public'::regnamespace
     union all select tgname, format('%s %s', tgenabled, tgrelid::regclass) from pg_trigger where not tgisinternal order by 1, 2`,
  );
  return rows;
}

const restore = async (from = path, force?: string) => {
  target ??= await createTestDatabase('empty');
  return restoreBackup({ db: target.db, keyring, path: from, force });
};

describe('a backup', () => {
  test('is restored to the last digit, guarded as before, and goes on counting', async () => {
    await restore();
    const { db } = target!;
    const [before, after] = [await contents(source.db), await contents(db)];
    expect(Object.keys(before).length).toBeGreaterThan(30);
    // What a restore itself tells, and where it goes on.
    const told = after['public.audit']!.find((row) => row.includes('backup_restored'));
    expect(told).toContain('0 runs interrupted, 0 plans ended');
    after['public.audit'] = after['public.audit']!.filter((row) => row !== told);
    for (const name of ['public.audit_head', 'public.event_feed']) before[name] = after[name] = [];
    expect(after).toEqual(before);
    expect(await guards(db)).toEqual(await guards(source.db));
    expect(await verifyChain(db)).toMatchObject({ intact: true });
    await expect(db.query('delete from audit')).rejects.toThrow('append-only');
    await db.query(
      `insert into events (event_id, tenant_id, type, message) select 'evt_2', tenant_id, 'x', '' from tenants`,
    );
    const { rows } = await db.query<{ gap: number }>(
      'select max(sequence) - min(sequence) as gap from events',
    );
    expect(rows[0]!.gap).toBeGreaterThan(1_000_000);
  });

  test('tells nothing in clear, and is for its owner only', async () => {
    const text = (await readFile(path)).toString('latin1');
    expect(text).toContain('"format":1');
    expect(text).not.toContain('eu-central-1');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  test('replaces no file', async () => {
    await expect(takeBackup({ db: source.db, keyring, path })).rejects.toMatchObject({
      code: 'backup_refused',
      message: `${path} is there already: name another file`,
    });
  });

  test('leaves nothing behind where it cannot be written', async () => {
    await expect(takeBackup({ db: source.db, keyring, path: '/proc/none/b' })).rejects.toMatchObject({
      message: '/proc/none/b cannot be written (ENOENT): make room, or name another file',
    });
    expect(await readdir(folder)).toContain('good');
  });
});

describe('what is refused, with nothing changed', () => {
  /** The good file, changed. */
  const changed = async (name: string, change: (bytes: Buffer) => Buffer) => {
    const bad = join(folder, name);
    await writeFile(bad, change(await readFile(path)));
    return bad;
  };
  const flipped = (at: (size: number) => number) => (bytes: Buffer) => {
    const place = at(bytes.length);
    bytes.writeUInt8(bytes.readUInt8(place) ^ 1, place);
    return bytes;
  };
  const text = (from: string, to: string) => (bytes: Buffer) =>
    Buffer.from(bytes.toString('latin1').replace(from, to), 'latin1');

  const readAll = async (from: string, ring = keyring) => {
    const file = await openBackupFile(from);
    const tables: string[] = [];
    try {
      for await (const { table } of file.rows(ring)) tables.push(table);
    } finally {
      await file.close();
    }
    return tables;
  };

  /** The good file with a header that names a schema of the future. */
  const newerSchema = async () => {
    const bytes = await readFile(path);
    const headEnd = 19 + bytes.readUInt32BE(15);
    const header = JSON.parse(bytes.subarray(19, headEnd).toString());
    const versions: number[] = header.schema_versions;
    const head = Buffer.from(JSON.stringify({ ...header, schema_versions: [...versions, 999] }));
    const length = Buffer.alloc(4);
    length.writeUInt32BE(head.length);
    const newer = Buffer.concat([bytes.subarray(0, 15), length, head, bytes.subarray(headEnd)]);
    return { versions, newer };
  };

  test.each([
    [
      'cut off in a block',
      (b: Buffer) => b.subarray(0, b.length - 9),
      /ends early: it was cut off; take another copy of it$/,
    ],
    [
      'cut off in its header',
      (b: Buffer) => b.subarray(0, 30),
      /ends early: it was cut off; take another copy of it$/,
    ],
    [
      'altered at its end',
      flipped((size) => size - 3),
      /was altered: block \d+ does not open; take another copy of it$/,
    ],
    [
      'altered in its header',
      text('"taken_at":"20', '"taken_at":"21'),
      /was altered: block 0 does not open; take another copy of it$/,
    ],
    [
      'with something behind it',
      (b: Buffer) => Buffer.concat([b, Buffer.from('x')]),
      /was altered: something is behind its end; take another copy of it$/,
    ],
    [
      'of a newer format',
      text('"format":1', '"format":2'),
      /has backup format 2, this Terrace reads 1: restore it with the newer Terrace$/,
    ],
    ['of something else', () => Buffer.from('PGDMP'), /is no backup of Terrace$/],
  ])('a file %s', async (name, change, message) => {
    const bad = await changed(name, change);
    await expect(readAll(bad)).rejects.toMatchObject({
      code: 'backup_refused',
      message: expect.stringMatching(message),
    });
  });

  test('a file that lacks a block', async () => {
    const bad = await changed('lacking', (bytes) => {
      const [head, first] = [15, 15 + 4 + bytes.readUInt32BE(15)];
      const second = first + 4 + bytes.readUInt32BE(first);
      return Buffer.concat([bytes.subarray(0, first), bytes.subarray(second)]).fill(
        bytes.subarray(0, head),
        0,
        head,
      );
    });
    await expect(readAll(bad)).rejects.toMatchObject({
      message: `${bad} was altered: block 0 does not open; take another copy of it`,
    });
  });

  test('a file of a newer schema', async () => {
    const { versions, newer: bytes } = await newerSchema();
    const newer = await changed('newer', () => bytes);
    await expect(readHeader(newer, true)).rejects.toMatchObject({
      code: 'database_too_new',
      message: `${newer} has schema version 999, this Terrace knows ${versions.at(-1)}: restore it with the newer Terrace`,
    });
  });

  test('a file that is not there', async () => {
    await expect(readHeader(join(folder, 'none'), true)).rejects.toMatchObject({
      message: `${join(folder, 'none')} cannot be read (ENOENT): name a backup`,
    });
  });

  test('another key, and none', async () => {
    const other = createKeyring({ current: randomBytes(32) });
    const put = 'put that key into TERRACE_HOME/state-encryption-key, or set STATE_ENCRYPTION_KEY';
    await expect(readAll(path, other)).rejects.toMatchObject({
      code: 'wrong_encryption_key',
      message: `${path} was sealed with key ${keyring.keyId}, this machine has ${other.keyId}: ${put}`,
    });
    await expect(readHeader(path, false)).rejects.toMatchObject({
      message: `${path} was sealed with key ${keyring.keyId}, this machine has none: ${put}`,
    });
    const both = createKeyring({ current: randomBytes(32), former: [key] });
    expect(await readAll(path, both)).toContain('public.runs');
  });

  test('a database with something in it, unless it is named and nobody works on it', async () => {
    target = await createTestDatabase();
    const { db, url } = target;
    await db.query(`insert into tenants (tenant_id, name, slug) values ('ten_there', 'x', 'there')`);
    const name = new URL(url).pathname.slice(1);
    const tables = expect.stringMatching(
      `^database ${name} is not empty, it has \\d+ tables: restore into an empty one, or repeat with --force ${name} to remove all that is in it first$`,
    );
    await expect(restore()).rejects.toMatchObject({ code: 'database_not_empty', message: tables });
    await expect(restore(path, 'terrace')).rejects.toMatchObject({ message: tables });
    // Found out when all before it is restored already: everything is as it was.
    const late = await changed('late', (bytes) => bytes.subarray(0, bytes.length - 9));
    await expect(restore(late, name)).rejects.toMatchObject({ code: 'backup_refused' });
    expect((await db.query('select slug from tenants')).rows).toEqual([{ slug: 'there' }]);
    const server = createPool(url, { max: 1 });
    await server.query('select');
    await expect(restore(path, name)).rejects.toMatchObject({
      message: `database ${name} is in use, Terrace has 1 connections to it: stop every process of Terrace first`,
    });
    await server.end();
    await eventually('it is gone', async () => (await describeDatabase(db)).connections === 0);
    const { environments, outdated } = await goOnWithFleet(name);
    expect(outdated).toHaveLength(2);
    expect(environments).toEqual([
      { name: 'approved', run: 'create', status: 'queued', before: 'stale', job: 'plan' },
      { name: 'busy', run: 'create', status: 'interrupted', before: null, job: 'recover' },
      { name: 'ready', run: 'drift_check', status: 'queued', before: 'succeeded', job: 'plan' },
      { name: 'reviewed', run: 'create', status: 'queued', before: 'expired', job: 'plan' },
    ]);
  });

  /** Backs up a fleet at work and restores it; tells the newest run of each environment, and how the one before it ended. */
  const goOnWithFleet = async (name: string) => {
    const fleet = await createTestDatabase();
    try {
      await proveKey(fleet.db, keyring);
      const statuses = {
        busy: 'applying',
        approved: 'approved',
        reviewed: 'awaiting_review',
        ready: 'succeeded',
      };
      for (const [environment, status] of Object.entries(statuses)) {
        const run = await insertRun(fleet.db);
        const plan = testPlan(run);
        await insertPlan(fleet.db, plan, 1);
        const settled = environment === 'ready' ? 'ready' : 'planning';
        await fleet.db.query(
          `with named as (update environments set name = $2, status = $3, settled_status = $3, current_run_id = $4
             where environment_id = $1)
           update runs set status = $5::text, plan_id = $6, finished_at = case when $5::text = 'succeeded' then now() end,
             lease_owner = case when $5::text = 'applying' then lease_owner end where run_id = $4`,
          [run.environmentId, environment, settled, run.runId, status, plan.planId],
        );
      }
      const busy = join(folder, 'busy');
      await takeBackup({ db: fleet.db, keyring, path: busy });
      const { outdated, interrupted } = await restore(busy, name);
      expect(interrupted).toBe(1);
      expect(await goOn(target!.db, outdated)).toEqual({ replanned: 2, checked: 1, refused: [] });
      const { rows: environments } = await target!.db.query(
        `select e.name, r.kind as run, r.status, b.status as before, o.job_name as job
         from environments e join runs r on r.environment_id = e.environment_id and r.finished_at is null
         left join runs b on b.environment_id = e.environment_id and b.finished_at is not null
         left join outbox o on o.payload ->> 'run_id' = r.run_id order by 1`,
      );
      return { environments, outdated };
    } finally {
      await fleet.drop();
    }
  };
});
