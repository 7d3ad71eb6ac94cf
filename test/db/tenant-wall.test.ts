import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { inTransaction, type Db } from '../../src/db/db.js';
import { openTenantWall, type TenantWall } from '../../src/db/tenant-wall.js';
import { walled } from '../../src/db/walled.js';
import { newId } from '../../src/lib/ids.js';
import { testKeyring } from '../api/awaiting-review.js';
import { createRunService } from '../../src/run/run-service.js';
import { asAdmin, createTestDatabase, type TestDatabase } from '../support/database.js';
import { insertRun, type TestRun } from '../support/rows.js';

const login = `low_${randomBytes(6).toString('hex')}`;
let database: TestDatabase;
let wall: TenantWall;
let mine: TestRun;
let other: TestRun;
let scoped: Db;

beforeAll(async () => {
  database = await createTestDatabase();
  wall = await openTenantWall({ db: database.db, databaseUrl: database.url, makeLogin: login });
  [mine, other] = [await insertRun(database.db), await insertRun(database.db)];
  for (const run of [mine, other]) await fillTables(run);
  scoped = wall.scopedDb(mine.tenantId);
});
afterAll(async () => {
  await wall.close();
  await database.drop();
  await asAdmin(`drop role ${login}`);
});

/** A row of that tenant in every table that has rows of tenants. */
async function fillTables({ tenantId, accountId, environmentId, runId }: TestRun): Promise<void> {
  const { db } = database;
  const planId = newId('plan');
  const insert = (sql: string, values: unknown[]) => db.query(`insert into ${sql}`, values);
  await insert(`revisions values ($1, 1, 'app@1', '{}', 'test')`, [environmentId]);
  await insert(`environment_secrets values ($1, 'password', '\\x00')`, [environmentId]);
  await insert(
    `plans (plan_id, run_id, environment_id, plan_file, plan_json, cdk_json, changes, summary, text, plan_sha256,
       synth_sha256, lock_sha256, tool_version, revision, cloud_account_id)
     values ($1, $2, $3, '', '', '', '[]', '{}', '', '', '', '', '', 1, '')`,
    [planId, runId, environmentId],
  );
  await insert(`reviews values ($1, $2, $3, 'approve', 'test')`, [newId('review'), runId, planId]);
  await insert(`events (event_id, tenant_id, environment_id, type, message) values ($1, $2, $3, 'x', 'x')`, [
    newId('event'),
    tenantId,
    environmentId,
  ]);
  const [commentId, ruleId] = [newId('comment'), newId('reviewRule')];
  const policyId = newId('policy');
  await insert(`run_comments values ($1, $2, $3, 'x', 'x', 'x')`, [commentId, runId, planId]);
  await insert(
    `review_rules (rule_id, tenant_id, version, settings, changed_by) values ($1, $2, 1, '{}', 'x')`,
    [ruleId, tenantId],
  );
  await insert(
    `policies (policy_id, tenant_id, name, version, settings, changed_by) values ($1, $2, 'p', 1, '{}', 'x')`,
    [policyId, tenantId],
  );
  await insert(`policy_versions (policy_id, version, settings, changed_by) values ($1, 1, '{}', 'x')`, [
    policyId,
  ]);
  await insert(`review_rule_versions (rule_id, version, settings, changed_by) values ($1, 1, '{}', 'x')`, [
    ruleId,
  ]);
  await insert(`run_logs (run_id, phase, line) values ($1, 'plan', 'x')`, [runId]);
  await insert(
    `journal (run_id, epoch, address, resource_type, action, step) values ($1, 1, 'a', 'a', 'create', 'started')`,
    [runId],
  );
  await insert(
    `state_versions (state_version_id, environment_id, serial, lineage, sha256, size_bytes, resource_count, ciphertext,
       key_id, run_id, epoch) values ($1, $2, 1, 'l', '', 0, 0, '', 'k', $3, 1)`,
    [newId('stateVersion'), environmentId, runId],
  );
  await insert(
    `left_states (left_state_id, environment_id, run_id, epoch, serial, lineage, sha256, size_bytes, resource_count,
       ciphertext, key_id, why) values ($1, $2, $3, 1, 1, 'l', '', 0, 0, '', 'k', '')`,
    [newId('leftState'), environmentId, runId],
  );
  await insert(`state_locks values ($1, 'lock', $2, 1, '{}')`, [environmentId, runId]);
  const [webhookId, deliveryId] = [newId('webhook'), newId('delivery')];
  await insert(`webhooks (webhook_id, tenant_id, url, secret, created_by) values ($1, $2, '', '', 'test')`, [
    webhookId,
    tenantId,
  ]);
  await insert(
    `webhook_deliveries (delivery_id, webhook_id, event_type, body, started_at, next_attempt_at, created_at)
     values ($1, $2, 'x', '', now(), now(), now())`,
    [deliveryId, webhookId],
  );
  await insert(`outbox (job_name, job_id, payload) values ('plan', $1, $2)`, [runId, { run_id: runId }]);
  await insert(
    `health_checks (health_check_id, tenant_id, environment_id, trigger) values ($1, $2, $3, 'request')`,
    [newId('healthCheck'), tenantId, environmentId],
  );
  await insert(
    `receipts (receipt_id, tenant_id, environment_id, run_id, verdict, body, signature, public_key)
     values ($1, $2, $3, $4, 'clean', '{}', '', '')`,
    [newId('receipt'), tenantId, environmentId, runId],
  );
  await insert(`circuit_breakers (account_id, region, tenant_id) values ($1, 'eu-central-1', $2)`, [
    accountId,
    tenantId,
  ]);
  await insert(`tokens (token_id, name, token_hash, role, tenant_id) values ($1, 'x', $1, 'viewer', $2)`, [
    newId('token'),
    tenantId,
  ]);
  await insert(
    `grants (grant_id, issuer, subject, role, tenant_id, granted_by) values ($1, 'i', $1, 'viewer', $2, 'x')`,
    [newId('grant'), tenantId],
  );
  const entry = { at: new Date().toISOString(), action: 'x', result: 'done', tenant_id: tenantId };
  await insert('audit (entry) values ($1)', [JSON.stringify(entry)]);
}

interface Table {
  readonly name: string;
  readonly secured: boolean;
  readonly readable: boolean;
}

async function tables(): Promise<Table[]> {
  const { rows } = await database.db.query<Table>(
    `select c.relname as name, c.relrowsecurity as secured, has_any_column_privilege('terrace_api', c.oid, 'select')
       or has_table_privilege('terrace_api', c.oid, 'insert, update, delete, truncate') as readable
     from pg_class c where c.relkind in ('r', 'p', 'v', 'm') and c.relnamespace = 'public'::regnamespace order by 1`,
  );
  return rows;
}

describe('a tenant sees by a query without any condition', () => {
  test('one tenant’s rows in every table there is, and nothing of the others', async () => {
    const open = (await tables()).filter(({ readable }) => readable);
    expect(open.length).toBeGreaterThanOrEqual(17);
    const ids = [other.tenantId, other.accountId, other.environmentId, other.runId];
    for (const { name } of open) {
      const all = await database.db.query(`select * from ${name}`);
      const { rows } = await scoped.query(`select * from ${name}`);
      expect({ name, all: all.rows.length, seen: rows.length }).toEqual({ name, all: 2, seen: 1 });
      const text = JSON.stringify(rows);
      expect(ids.filter((id) => text.includes(id))).toEqual([]);
    }
  });

  test('no table at all that is not secured: a new one is closed until somebody decides', async () => {
    const bare = (await tables()).filter(({ secured, readable }) => readable && !secured);
    expect(bare).toEqual([]);
    await expect(scoped.query('select * from sandbox.objects')).rejects.toThrow('permission denied');
    await expect(scoped.query('select * from wall_key')).rejects.toThrow('permission denied');
    await expect(scoped.query('select * from idempotency_keys')).rejects.toThrow('permission denied');
  });

  test('all of them when bound to no tenant', async () => {
    const { rows } = await wall.scopedDb(null).query('select * from tenants');
    expect(rows).toHaveLength(2);
  });
});

describe('a tenant cannot write', () => {
  test('another’s rows: they are not there', async () => {
    const { rowCount } = await scoped.query(
      `update environments set name = 'mine' where environment_id = $1`,
      [other.environmentId],
    );
    expect(rowCount).toBe(0);
    const all = await scoped.query(`update runs set requested_by = 'me'`);
    expect(all.rowCount).toBe(1);
  });

  test('rows for another, or hand its own over', async () => {
    const denied = 'violates row-level security policy';
    await expect(
      scoped.query(`insert into events (event_id, tenant_id, type, message) values ('evt_x', $1, 'x', 'x')`, [
        other.tenantId,
      ]),
    ).rejects.toThrow(denied);
    await expect(scoped.query('update accounts set tenant_id = $1', [other.tenantId])).rejects.toThrow(
      denied,
    );
    await expect(
      scoped.query(`insert into outbox (job_name, job_id, payload) values ('plan', 'x', $1)`, [
        { run_id: other.runId },
      ]),
    ).rejects.toThrow(denied);
  });

  test('an environment into another’s account', async () => {
    await expect(scoped.query('update environments set account_id = $1', [other.accountId])).rejects.toThrow(
      'violates row-level security policy',
    );
  });

  test('the audit log, states, plans, or the schema', async () => {
    for (const sql of [
      `insert into audit (entry) values ('{}')`,
      `insert into audit_entries (entry) values ('{}')`,
      'update state_versions set serial = 2',
      'delete from plans',
      'delete from environments',
      'drop table runs',
      'alter table runs disable row level security',
      'create table mine (id integer)',
    ])
      await expect(scoped.query(sql)).rejects.toThrow(/permission denied|must be owner/);
  });
});

describe('injected SQL', () => {
  const seen = async (db: Db, ...statements: string[]) =>
    inTransaction(db, async (tx) => {
      for (const statement of statements) await tx.query(statement);
      const { rows } = await tx.query<{ id: string }>('select tenant_id as id from tenants');
      return rows.map(({ id }) => id);
    });

  test('gains nothing by resetting the role: the login has no other', async () => {
    for (const sql of [
      'reset role',
      'set role none',
      'reset all',
      `select set_config('role', 'none', false)`,
    ])
      expect(
        await seen(scoped, sql, `select set_config('terrace.tenant', '${other.tenantId}', false)`),
      ).toEqual([]);
    await expect(scoped.query('set role terrace')).rejects.toThrow('permission denied to set role');
    await expect(scoped.query(`set session authorization terrace`)).rejects.toThrow('permission denied');
  });

  test('cannot name another tenant without the proof for it, and its own proof fits no other', async () => {
    const { rows } = await scoped.query<{ own: string }>(`select current_setting('terrace.tenant') as own`);
    const proof = rows[0]!.own.split(' ')[1]!;
    expect(rows[0]!.own.split(' ')[0]).toBe(mine.tenantId);
    for (const setting of [
      '',
      other.tenantId,
      `${other.tenantId} `,
      `${other.tenantId} ${proof}`,
      `${other.tenantId} x`,
    ])
      expect(await seen(scoped, `select set_config('terrace.tenant', '${setting}', true)`)).toEqual([]);
  });

  test('leaves nothing behind for the next who gets the connection', async () => {
    await Promise.all(
      Array.from({ length: 20 }, () =>
        scoped.query(`select set_config('terrace.tenant', '${other.tenantId} x', false)`),
      ),
    );
    expect(await seen(scoped)).toEqual([mine.tenantId]);
    expect(await seen(wall.scopedDb(other.tenantId))).toEqual([other.tenantId]);
  });
});

describe('a login for the wall', () => {
  test('that could see every tenant is refused', async () => {
    await expect(
      openTenantWall({ db: database.db, databaseUrl: database.url, lowUrl: database.url }),
    ).rejects.toMatchObject({
      code: 'invalid_settings',
      message:
        'wrong settings: DATABASE_URL_API: terrace could see every tenant; make a login with `create role ... login in role terrace_api`',
    });
  });

  test('may be missing: the owner’s gives its rights up then', async () => {
    const own = await openTenantWall({ db: database.db, databaseUrl: database.url });
    const { rows } = await own
      .scopedDb(mine.tenantId)
      .query('select tenant_id as id, current_user as who from tenants');
    expect(rows).toEqual([{ id: mine.tenantId, who: 'terrace_api' }]);
    await own.close();
  });
});

test('a service works for a tenant within the wall, and for all without', async () => {
  const runs = walled(wall, (db) =>
    createRunService({ db, keyring: testKeyring, planMaxAgeSeconds: 86_400 }),
  );
  const ctx = (tenantId: string | null) => ({
    correlationId: 'x',
    principal: { tokenId: 't', name: 't', role: 'admin', rights: [], tenantId } as const,
  });
  const listed = async (tenantId: string | null) =>
    (await runs.list(ctx(tenantId), {}, { limit: 10 })).items.map(({ runId }) => runId).sort();
  expect(await listed(mine.tenantId)).toEqual([mine.runId]);
  expect(await listed(null)).toEqual([mine.runId, other.runId].sort());
});
