/** A fleet at work is backed up, goes on, is lost, and restored on a fresh machine beside a cloud that is ahead of the backup. */
import { execFile } from 'node:child_process';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from '@jest/globals';
import { startEmbeddedPostgres } from '../../src/db/embedded.js';
import { createPool } from '../../src/db/pool.js';
import { projectRoot } from '../../src/lib/project-root.js';
import { createLog } from '../../src/log/log.js';
import { apiOf, type Api, type Json } from '../support/api.js';
import { makeHome, removeHome, startTerrace, type Terrace } from '../support/terrace.js';

const [home, fresh] = [await makeHome(), await makeHome()];
const running: Terrace[] = [];
afterAll(async () => {
  for (const one of running) await one.kill();
  await Promise.all([removeHome(home), removeHome(fresh)]);
});

const start = async (at: string): Promise<Terrace> => {
  const one = await startTerrace(at);
  running.push(one);
  return one;
};

const command = (name: string, at: string, ...args: string[]) =>
  promisify(execFile)(process.execPath, [join(projectRoot, `dist/src/main/${name}.js`), ...args], {
    env: { PATH: process.env['PATH'] ?? '', TERRACE_HOME: at },
  });

/** Works on the database of a home whose Terrace does not run. */
async function withDatabase<T>(
  at: string,
  work: (db: ReturnType<typeof createPool>) => Promise<T>,
): Promise<T> {
  const server = await startEmbeddedPostgres({ home: at, log: createLog('silent', 'test'), fsync: false });
  const db = createPool(server.url, { max: 1 });
  try {
    return await work(db);
  } finally {
    await db.end();
    await server.stop();
  }
}

const objectsOf = (at: string): Promise<string> =>
  withDatabase(at, async (db) => {
    const { rows } = await db.query<{ text: string }>(
      `select json_agg(o)::text as text from sandbox.objects o`,
    );
    return rows[0]!.text;
  });

const namesIn = (text: string): string[] =>
  (JSON.parse(text) as { type: string; object_id: string; created_at: string }[])
    .map((one) => `${one.type} ${one.object_id} ${one.created_at}`)
    .sort();

/** The cloud is what it was when Terrace was lost, not when it was backed up. */
const putObjects = (at: string, text: string) =>
  withDatabase(at, async (db) => {
    await db.query('delete from sandbox.objects');
    await db.query(
      'insert into sandbox.objects select * from json_populate_recordset(null::sandbox.objects, $1)',
      [text],
    );
  });

async function create(api: Api, review: string, faults: Json[] = []): Promise<{ id: string; runId: string }> {
  const { body } = await api.call('POST', '/api/v1/environments', await api.request({ review }));
  await api.call('PUT', `/api/v1/sandbox/environments/${body.environment_id}/faults`, { faults });
  return { id: body.environment_id, runId: body.run_id };
}

async function approve(api: Api, runId: string): Promise<void> {
  const run = await api.until(`/api/v1/runs/${runId}`, ({ status }) => status === 'awaiting_review');
  await api.call('POST', `/api/v1/runs/${runId}/approve`, {
    plan_id: run.plan.plan_id,
    confirm: run.review.confirm,
  });
}

const ready = (api: Api, id: string) =>
  api.until(`/api/v1/environments/${id}`, ({ status }) => status === 'ready');

test('backup, loss and restore of a fleet at work: all of it ends right, and nothing exists twice', async () => {
  const first = await start(home);
  const before = apiOf(first);
  const still = await create(before, 'auto');
  await ready(before, still.id);
  const waiting = await create(before, 'required');
  await before.until(`/api/v1/runs/${waiting.runId}`, ({ status }) => status === 'awaiting_review');
  const slow = { kind: 'delay', type: 'helm_release', delay_ms: 120_000 };
  const busy = await create(before, 'auto', [slow]);
  await before.logged(busy.runId, /helm_release.*Creating/);

  const file = join(home, 'backup');
  const { stdout: taken } = await command('backup', home, file);
  const keyId = /not in it: ([0-9a-f]{16})$/m.exec(taken)?.[1];
  expect(keyId).toBeDefined();

  // Life goes on: one is approved and applied, the other one's apply is cut off and made again to its end.
  await before.call('PUT', `/api/v1/sandbox/environments/${busy.id}/faults`, { faults: [] });
  await approve(before, waiting.runId);
  await ready(before, waiting.id);
  await first.kill();
  const second = await start(home);
  await ready(apiOf(second), busy.id);
  await second.kill();
  const objects = await objectsOf(home);

  const noKey = await command('restore', fresh, file).catch((error: Json) => error);
  expect(noKey).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(`was sealed with key ${keyId}, this machine has none: `),
  });
  await copyFile(join(home, 'state-encryption-key'), join(fresh, 'state-encryption-key'));
  const { stdout } = await command('restore', fresh, file);
  expect(stdout).toMatch(
    /1 interrupted runs go on, 1 plans are made anew, 1 environments are checked for drift\n$/,
  );
  await putObjects(fresh, objects);

  const third = await start(fresh);
  // Tokens of before are good still.
  const after = apiOf({ url: third.url, token: first.token });
  const replanned = await after.until(
    `/api/v1/environments/${waiting.id}`,
    (one) => one.current_run_id !== waiting.runId,
  );
  await approve(after, replanned.current_run_id);
  for (const { id } of [still, waiting, busy]) expect((await ready(after, id)).error).toBeNull();
  await after.until(`/api/v1/environments/${still.id}`, ({ drift }) => drift?.status === 'in_sync');
  const audit = await after.get('/api/v1/audit?action=backup_restored');
  expect(audit.items).toHaveLength(1);
  expect(await third.stop()).toBe(0);
  expect(namesIn(await objectsOf(fresh))).toEqual(namesIn(objects));
}, 180_000);
