import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { verifyChain } from '../../src/audit/audit-service.js';
import { auditHead, readAudit } from '../../src/audit/audit-store.js';
import type { AuditEntry } from '../../src/audit/audit.js';
import { auditSystem, createAuditor, pruneAudit, settleLostIntents } from '../../src/audit/auditor.js';
import { inTransaction } from '../../src/db/db.js';
import { createLog } from '../../src/log/log.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

const log = createLog('silent', 'test');
const subject = {
  actor_id: 'tok_1',
  actor_name: 'a',
  action: 'POST /x',
  target: null,
  tenant_id: null,
  ip: null,
  request_id: 'req_1',
};
const day = (n: number) => new Date(Date.UTC(2026, 0, n));

/** That many rows, one a day. */
async function write(count: number, from = 1): Promise<void> {
  for (let n = from; n < from + count; n++)
    await createAuditor({ db: database.db, log, clock: { now: () => day(n) } }).settle(
      { ...subject, target: `thing_${n}` },
      { result: 'done' },
      null,
    );
}

async function entries(): Promise<(AuditEntry & { sequence: number })[]> {
  const rows = await readAudit(database.db, {}, { after: 0, limit: 1000 });
  return rows.map((row) => ({ ...(JSON.parse(row.entry) as AuditEntry), sequence: row.sequence }));
}

/** What only the owner of the database can do: the guards are taken off. */
async function asOwner(sql: string): Promise<void> {
  await database.db.query(
    `alter table audit disable trigger user; ${sql}; alter table audit enable trigger user`,
  );
}

describe('the log', () => {
  test('refuses to be changed, shortened or emptied', async () => {
    await write(2);
    for (const sql of [
      `update audit set entry = '{}' where sequence = 1`,
      'delete from audit where sequence = 1',
      'truncate audit',
    ])
      await expect(database.db.query(sql)).rejects.toThrow('the audit log is append-only');
    expect(await verifyChain(database.db)).toMatchObject({ intact: true, rows: 2 });
  });

  test('names the row that the owner of the database altered, removed or moved', async () => {
    await write(6);
    const broken = async (sql: string, repair: string) => {
      await asOwner(sql);
      const verdict = await verifyChain(database.db);
      await asOwner(repair);
      return verdict.intact ? 'intact' : `${verdict.fault.sequence} ${verdict.fault.kind}`;
    };
    const swap = `update audit set sequence = -1 where sequence = 2; update audit set sequence = 2 where sequence = 5;
      update audit set sequence = 5 where sequence = -1`;
    const who = (was: string, is: string) =>
      `update audit set entry = replace(entry, '${was}', '${is}') where sequence = 4`;
    expect(await broken(who('tok_1', 'tok_2'), who('tok_2', 'tok_1'))).toBe('4 altered');
    expect(await broken(swap, swap)).toBe('2 altered');
    expect(
      await broken(
        'create table kept as table audit; delete from audit where sequence = 3',
        `insert into audit (sequence, entry, previous_sha256, sha256)
         select sequence, entry, previous_sha256, sha256 from kept where sequence = 3; drop table kept`,
      ),
    ).toBe('3 missing');
    expect(await verifyChain(database.db)).toMatchObject({ intact: true, rows: 6 });
    await asOwner('delete from audit where sequence = 6');
    expect(await verifyChain(database.db)).toMatchObject({ fault: { sequence: 6, kind: 'missing' } });
  });

  test('written anew from some row on is found by a head that was kept elsewhere', async () => {
    await write(3);
    const kept = await auditHead(database.db);
    await asOwner(
      `delete from audit where sequence = 3;
       update audit_head set (sequence, sha256) = (select sequence, sha256 from audit where sequence = 2)`,
    );
    await write(2, 8);
    expect(await verifyChain(database.db)).toMatchObject({ intact: true });
    expect(await verifyChain(database.db, kept)).toMatchObject({
      intact: false,
      fault: {
        sequence: 3,
        kind: 'replaced',
        message: 'row 3 was replaced: its hash is not the one that was kept',
      },
    });
  });

  test('of many writers at once is one chain', async () => {
    const auditor = createAuditor({ db: database.db, log });
    await Promise.all(
      Array.from({ length: 60 }, async (_, n) => {
        const mine = { ...subject, target: `thing_${n}` };
        await auditor.settle(mine, { result: 'done' }, await auditor.intend(mine));
      }),
    );
    expect(await verifyChain(database.db)).toMatchObject({ intact: true, rows: 60 });
    const { rows } = await database.db.query('select 1 from audit_intents');
    expect(rows).toEqual([]);
  });
});

describe('a line of the system', () => {
  const did = { action: 'run_succeeded', target: 'run_1', tenant_id: null, result: 'done' } as const;

  test('is there with the change it tells of, and gone with it', async () => {
    await inTransaction(database.db, (tx) => auditSystem(tx, did));
    await expect(
      inTransaction(database.db, async (tx) => {
        await auditSystem(tx, { ...did, target: 'run_2' });
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    expect(await entries()).toMatchObject([{ actor_id: 'system', target: 'run_1', sequence: 1 }]);
  });

  test('locks the chain only as its transaction commits: nobody waits for the rest of it', async () => {
    await inTransaction(database.db, async (tx) => {
      await auditSystem(tx, did);
      await write(1);
    });
    expect(await entries()).toMatchObject([{ action: 'POST /x' }, { action: 'run_succeeded' }]);
  });
});

test('a change whose process died is told with an unknown outcome, once', async () => {
  const auditor = createAuditor({ db: database.db, log });
  await auditor.intend(subject);
  expect(await settleLostIntents(database.db)).toBe(0);
  await Promise.all([settleLostIntents(database.db, 0), settleLostIntents(database.db, 0)]);
  expect(await entries()).toMatchObject([
    {
      action: 'POST /x',
      result: 'unknown',
      detail: 'the process ended before the outcome was known; the change may have been made',
    },
  ]);
});

describe('retention', () => {
  const clock = { now: () => day(11) };

  test('removes what is older, says so in the chain, and leaves a chain that can be verified', async () => {
    await write(10);
    expect(await pruneAudit(database.db, 4, clock)).toBe(6);
    expect((await entries()).map(({ sequence }) => sequence)).toEqual([7, 8, 9, 10, 11]);
    expect(await verifyChain(database.db)).toMatchObject({ intact: true, rows: 5 });
    expect(await pruneAudit(database.db, 4, clock)).toBe(0);
    expect(await pruneAudit(database.db, 2, clock)).toBe(2);
    expect(await verifyChain(database.db)).toMatchObject({ intact: true, rows: 4 });
    await expect(database.db.query('delete from audit where sequence = 9')).rejects.toThrow('append-only');
  });

  test('does not cover up for who removes more', async () => {
    await write(10);
    await pruneAudit(database.db, 4, clock);
    await asOwner('delete from audit where sequence = 7');
    expect(await verifyChain(database.db)).toMatchObject({
      fault: {
        sequence: 7,
        message: 'row 7 is missing: the log starts at row 8 and retention ended at row 6',
      },
    });
  });
});
