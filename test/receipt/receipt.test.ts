import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createKeyring } from '../../src/crypto/envelope.js';
import { isSigned } from '../../src/crypto/signing.js';
import { newId } from '../../src/lib/ids.js';
import { leftoversText, retainedBy, verdictOf } from '../../src/receipt/receipt.js';
import { insertReceipt, lastReceipt } from '../../src/receipt/receipt-store.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { insertRun } from '../support/rows.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const empty = { place: 'a', found: [], reason: null };
const thing = { type: 'aws_vpc', id: 'vpc-1' };

describe('a receipt', () => {
  test.each([
    [[empty], 'clean'],
    [[empty, { place: 'b', found: null, reason: 'no rights' }], 'partial'],
    [
      [
        { place: 'b', found: null, reason: 'no rights' },
        { ...empty, found: [thing] },
      ],
      'leftovers',
    ],
  ] as const)('of %j is %s', (places, verdict) => {
    expect(verdictOf(places)).toBe(verdict);
  });

  test('names what is left, and what to do', () => {
    expect(leftoversText([thing])).toBe(
      "the state is empty, but 1 marked as the environment's are there: aws_vpc vpc-1; remove them in the account, then retry",
    );
    const many = Array.from({ length: 25 }, () => thing);
    expect(leftoversText(many)).toContain('aws_vpc vpc-1 and 5 more;');
  });

  test('lists final snapshots, where they were asked for', () => {
    const change = (type: string, before: object, actions = ['delete']) => ({
      type,
      change: { actions, before },
    });
    const json = {
      resource_changes: [
        change('aws_db_instance', { final_snapshot_identifier: 'acme-final', skip_final_snapshot: false }),
        change('aws_db_instance', { final_snapshot_identifier: 'none', skip_final_snapshot: true }),
        change('aws_elasticache_replication_group', { final_snapshot_identifier: 'cache-final' }),
        change('aws_db_instance', { final_snapshot_identifier: 'later', skip_final_snapshot: false }, [
          'update',
        ]),
        change('aws_vpc', {}),
      ],
    };
    expect(retainedBy(json)).toEqual([
      { type: 'rds_snapshot', id: 'acme-final' },
      { type: 'elasticache_snapshot', id: 'cache-final' },
    ]);
  });

  test('is signed to the byte; an old worker writes none', async () => {
    const { db } = database;
    const run = await insertRun(db);
    const kept = { db, keyring: createKeyring({ current: randomBytes(32) }) };
    const body = {
      receipt_id: newId('receipt'),
      tenant_id: run.tenantId,
      environment_id: run.environmentId,
      run_id: run.runId,
      searched_at: '2026-11-21T12:00:00.000Z',
      places: [empty],
      retained: [],
      verdict: 'clean',
    } as const;
    await expect(insertReceipt(kept, body, 0)).rejects.toMatchObject({ code: 'lease_lost' });
    expect(await lastReceipt(db, run.environmentId)).toBeNull();
    await insertReceipt(kept, body, 1);
    const found = await lastReceipt(db, run.environmentId);
    expect(found).toMatchObject({ verdict: 'clean', runId: run.runId });
    expect(JSON.parse(found?.body ?? '')).toEqual(body);
    const signed = { signature: found?.signature ?? '', publicKey: found?.publicKey ?? '' };
    expect(isSigned(found?.body ?? '', signed)).toBe(true);
    expect(isSigned(`${found?.body} `, signed)).toBe(false);
  });
});
