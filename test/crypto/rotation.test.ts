/** A change of the encryption key, by the command that people use, over rows that the real stores wrote. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { beginRotation, readExternalIds } from '../../src/account/external-id-store.js';
import { proveKey } from '../../src/crypto/canary-store.js';
import { createKeyring, type Keyring } from '../../src/crypto/envelope.js';
import { sealedColumns } from '../../src/crypto/sealed-columns.js';
import { inTransaction } from '../../src/db/db.js';
import { insertSecrets, readSecrets } from '../../src/environment/secret-store.js';
import { newId } from '../../src/lib/ids.js';
import { projectRoot } from '../../src/lib/project-root.js';
import { listLeftFiles, readLeftFile, writeLeftFile } from '../../src/state/left-files.js';
import { insertVersion, readState } from '../../src/state/state-store.js';
import {
  insertWebhook,
  readSecrets as readWebhookSecrets,
  replaceSecret,
  secretContext,
} from '../../src/webhook/webhook-store.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { insertRun, type TestRun } from '../support/rows.js';
import { makeHome, removeHome } from '../support/terrace.js';

let home: string;
beforeAll(async () => {
  home = await makeHome();
});
afterAll(() => removeHome(home));

let database: TestDatabase;
let run: TestRun;
const keys = { former: randomBytes(32), current: randomBytes(32) };
const former = createKeyring({ current: keys.former });
const both = createKeyring({ current: keys.current, former: [keys.former] });
const current = createKeyring({ current: keys.current });
beforeEach(async () => {
  database = await createTestDatabase();
  run = await insertRun(database.db);
  await database.db.query(`update accounts set provider = 'aws' where account_id = $1`, [run.accountId]);
  await proveKey(database.db, former);
});
afterEach(() => database.drop());

const webhookId = newId('webhook');
const names = Array.from({ length: 450 }, (_, at) => `secret-${at}`);

const leftOwner = () => ({ runId: run.runId, epoch: 1 });
/** What lies sealed beside the database. */
async function leftFile(keyring: Keyring): Promise<string | undefined> {
  const [file] = await listLeftFiles(home);
  return file && (await readLeftFile(keyring, file))?.toString();
}

/** One of everything that is sealed, two of what there can be two of, and many secrets. */
async function seal(): Promise<void> {
  const { db } = database;
  const { environmentId, accountId, runId, epoch } = run;
  await insertSecrets(db, former, {
    environmentId,
    secrets: names.map((name) => ({ name, length: 20 })),
  });
  await inTransaction(db, async (tx) => {
    for (const serial of [1, 2]) {
      const text = stateText(serial);
      const facts = { serial, lineage: 'l', sha256: `${serial}`, text, resourceCount: 0 };
      await insertVersion(tx, former, { ...facts, environmentId, runId, epoch });
    }
  });
  await rm(join(home, 'left-states'), { recursive: true, force: true });
  await writeLeftFile({ home, keyring: former }, { ...leftOwner(), body: Buffer.from('left') });
  await readExternalIds(db, former, accountId);
  await beginRotation(db, former, accountId);
  await db.query('update environments set secret_outputs = $2 where environment_id = $1', [
    environmentId,
    former.encrypt('{"a":"b"}', `outputs:${environmentId}`),
  ]);
  const now = new Date();
  const sealedSecret = (text: string) => former.encrypt(text, secretContext(webhookId));
  await insertWebhook(
    db,
    {
      webhookId,
      tenantId: run.tenantId,
      url: 'https://example.com',
      description: null,
      eventTypes: null,
      enabled: true,
      createdBy: 'test',
      secret: sealedSecret('the former'),
    },
    now,
  );
  const formerUntil = new Date(now.getTime() + 3_600_000);
  await inTransaction(db, (tx) =>
    replaceSecret(tx, webhookId, { secret: sealedSecret('the new'), formerUntil, now }),
  );
  await db.query(
    `insert into plans (plan_id, run_id, environment_id, plan_file, plan_json, cdk_json, changes, summary, text,
       plan_sha256, synth_sha256, lock_sha256, tool_version, revision, cloud_account_id)
     values ('plan_1', $1, $2, $3, $4, '', '[]', '{}', '', '', '', '', '', 1, '')`,
    [runId, environmentId, former.encrypt('file', 'plan:plan_1'), former.encrypt('{}', 'plan_json:plan_1')],
  );
}

const stateText = (serial: number) =>
  JSON.stringify({
    version: 4,
    terraform_version: '1.11.4',
    serial,
    lineage: 'l',
    outputs: {},
    resources: [],
  });

/** Everything in clear, as a process with these keys reads it. */
async function readAll(keyring: Keyring) {
  const { db } = database;
  const { rows } = await db.query<{ file: Buffer; json: Buffer; outputs: Buffer }>(
    `select plan_file as file, plan_json as json, secret_outputs as outputs from plans join environments using (environment_id)`,
  );
  const { file, json, outputs } = rows[0]!;
  return {
    secrets: await readSecrets(db, keyring, run.environmentId),
    state: await readState({ db, keyring }, run.environmentId),
    externalIds: await readExternalIds(db, keyring, run.accountId),
    webhookSecrets: await readWebhookSecrets(db, keyring, { webhookId, now: new Date() }),
    file: keyring.decrypt(file, 'plan:plan_1').toString(),
    json: keyring.decrypt(json, 'plan_json:plan_1').toString(),
    left: await leftFile(keyring),
    outputs: keyring.decrypt(outputs, `outputs:${run.environmentId}`).toString(),
  };
}

async function secretsOf(keyId: string): Promise<number> {
  const { rows } = await database.db.query<{ count: number }>(
    `select count(*)::integer as count from environment_secrets where encode(substring(ciphertext from 2 for 8), 'hex') = $1`,
    [keyId],
  );
  return rows[0]!.count;
}

/** Runs the command, or another one; with `killAt` it is killed by SIGKILL when it says a line like that. */
async function rotate(
  previous: readonly Buffer[],
  killAt?: RegExp,
  command: readonly string[] = ['rotate-key.js'],
): Promise<{ code: number | null; lines: string[]; stderr: string }> {
  const [script = '', ...args] = command;
  const child = spawn(process.execPath, [join(projectRoot, 'dist/src/main', script), ...args], {
    env: {
      PATH: process.env['PATH'] ?? '',
      TERRACE_HOME: home,
      DATABASE_URL: database.url,
      STATE_ENCRYPTION_KEY: keys.current.toString('base64'),
      STATE_ENCRYPTION_KEY_PREVIOUS: previous.map((key) => key.toString('base64')).join(','),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const closed = once(child, 'close');
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    if (killAt?.test(line) === true) child.kill('SIGKILL');
  }
  await closed;
  return { code: child.exitCode, lines, stderr };
}

describe('a rotation of the key', () => {
  test('lists every column that can hold sealed bytes', async () => {
    const { rows } = await database.db.query<{ name: string }>(
      `select table_name || '.' || column_name as name from information_schema.columns
       where table_schema = 'public' and data_type = 'bytea' order by 1`,
    );
    const listed = sealedColumns.map(({ table, column }) => `${table}.${column}`);
    expect(rows.map(({ name }) => name)).toEqual([...listed, 'facts.value'].sort());
  });

  test('killed in the middle loses nothing and goes on where it was; then the former key is not needed', async () => {
    await seal();
    const before = await readAll(former);
    const killed = await rotate([keys.former], /^environment_secrets\.ciphertext: 100 /);
    expect(killed.code).toBeNull();
    const [left, done] = [await secretsOf(former.keyId), await secretsOf(current.keyId)];
    expect(done).toBeGreaterThanOrEqual(100);
    expect(left).toBeGreaterThan(0);
    expect(await readAll(both)).toEqual(before);
    await expect(proveKey(database.db, current)).rejects.toMatchObject({ code: 'wrong_encryption_key' });

    const second = await rotate([keys.former]);
    expect(second.lines[0]).toBe(`sealing with key ${current.keyId}`);
    expect(second.lines.at(-1)).toMatch(/^done: \d+ sealed anew, nothing is sealed by a former key$/);
    expect(second.code).toBe(0);
    expect(await readAll(current)).toEqual(before);
    await proveKey(database.db, current);
    const { rows } = await database.db.query('select distinct key_id from state_versions');
    expect(rows).toEqual([{ key_id: current.keyId }]);

    expect((await rotate([])).lines.at(-1)).toBe('done: 0 sealed anew, nothing is sealed by a former key');
    const [file] = await listLeftFiles(home);
    expect((await rotate([], undefined, ['backup.js', join(home, 'backup')])).lines).toContain(
      `not in it: ${file?.path}, a state of ${run.runId} that no worker has handed in yet; copy it, too`,
    );
  });

  test('names what no key opens, does the rest, and keeps asking for the former key', async () => {
    await seal();
    await database.db.query(`update plans set plan_json = $1`, [former.encrypt('{}', 'plan_json:plan_2')]);
    await database.db.query(`update environment_secrets set ciphertext = $1 where name = 'secret-7'`, [
      createKeyring({ current: randomBytes(32) }).encrypt('x', 'y'),
    ]);
    const [file] = await listLeftFiles(home);
    const path = file?.path ?? '';
    await writeFile(path, former.encrypt('left', 'another run'));
    const { code, lines } = await rotate([keys.former]);
    expect(code).toBe(1);
    expect(lines).toContain(`cannot open ${path}: stored data is damaged: it does not open with its key`);
    expect(lines).toContain(
      'cannot open plans.plan_json of plan_1: stored data is damaged: it does not open with its key',
    );
    expect(lines).toContainEqual(
      expect.stringMatching(
        new RegExp(`^cannot open environment_secrets.ciphertext of ${run.environmentId} secret-7: STATE_`),
      ),
    );
    expect(lines.at(-1)).toMatch(
      /^not done: 457 sealed anew, 3 cannot be opened: add their key to STATE_ENCRYPTION_KEY_PREVIOUS and run it again$/,
    );
    await expect(proveKey(database.db, current)).rejects.toMatchObject({ code: 'wrong_encryption_key' });
  });

  test('does not begin without the former key', async () => {
    expect(await rotate([])).toMatchObject({
      code: 2,
      lines: [],
      stderr:
        'cannot rotate the key: STATE_ENCRYPTION_KEY is not the key this database was encrypted with: restore the former key, or name it in STATE_ENCRYPTION_KEY_PREVIOUS (wrong_encryption_key)\n',
    });
  });

  test('leaves what somebody writes in the meantime', async () => {
    await seal();
    const rotating = rotate([keys.former]);
    let written = 0;
    let over = false;
    void rotating.then(() => (over = true));
    while (!over) {
      const sealed = both.encrypt(`{"written":${++written}}`, `outputs:${run.environmentId}`);
      await database.db.query('update environments set secret_outputs = $2 where environment_id = $1', [
        run.environmentId,
        sealed,
      ]);
    }
    expect((await rotating).code).toBe(0);
    expect((await readAll(current)).outputs).toBe(`{"written":${written}}`);
  });
});
