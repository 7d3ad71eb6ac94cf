/** A state that terraform left, on its way into a real database: whatever is away or dies, it is found again, and never in clear. */
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { readConfig } from '../../src/config/config.js';
import { createKeyring } from '../../src/crypto/envelope.js';
import { createPool } from '../../src/db/pool.js';
import { createLog } from '../../src/log/log.js';
import { writeLeftFile } from '../../src/state/left-files.js';
import { openLeft, openLefts } from '../../src/state/left-store.js';
import { handIn, keepSealed, sealForgotten, type HandInDeps } from '../../worker/hand-in.js';
import { stateText } from '../api/state-version.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { insertRun, type TestRun } from '../support/rows.js';

let database: TestDatabase;
let run: TestRun;
let deps: HandInDeps;
let work: string;
const keyring = createKeyring({ current: randomBytes(32) });
const away = createPool('postgres://terrace@127.0.0.1:9/terrace');
const body = Buffer.from(stateText(4, { 't.a': { password: 'hunter2hunter2' } }));

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await away.end();
  await database.drop();
});
beforeEach(async () => {
  run = await insertRun(database.db);
  const home = await mkdtemp(join(tmpdir(), 'terrace-left-'));
  const config = readConfig({ TERRACE_HOME: home });
  deps = { config, db: database.db, keyring, log: createLog('silent', 'test'), active: new Map() };
  work = join(home, 'work', run.runId);
  await mkdir(work, { recursive: true });
});
const files = () => readdir(join(deps.config.home, 'left-states'));
const kept = async () =>
  (await openLefts(database.db, run.environmentId)).map((one) => [one.epoch, openLeft(keyring, one)]);

test('while the database is away it lies sealed on this machine; whoever comes next hands it in, once', async () => {
  expect(await keepSealed({ ...deps, db: away }, { ...run, epoch: 3, body }, 'why')).toBe(false);
  const [name = ''] = await files();
  expect(name).toMatch(new RegExp(`^${run.runId}\\.3\\.`));
  expect((await readFile(join(deps.config.home, 'left-states', name))).includes('hunter2')).toBe(false);
  await expect(handIn({ ...deps, db: away })).rejects.toMatchObject({ code: 'database_unavailable' });
  expect(await files()).toEqual([name]);
  // A file of a run that this database does not know stands in no other's way.
  await writeLeftFile({ home: deps.config.home, keyring }, { runId: 'run_0', epoch: 1, body });
  await Promise.all([handIn(deps), handIn(deps)]);
  expect([await files(), await kept()]).toEqual([[expect.stringMatching(/^run_0/)], [[3, body.toString()]]]);
});

test('what a killed worker left in clear is sealed and handed in; that of a living one is its own', async () => {
  const path = join(work, 'errored.tfstate');
  await writeFile(path, body);
  await sealForgotten(deps);
  expect(await kept()).toEqual([]);
  await database.db.query('update runs set lease_owner = null where run_id = $1', [run.runId]);
  await sealForgotten(deps);
  expect([await readdir(work), await files(), await kept()]).toEqual([[], [], [[1, body.toString()]]]);
});

test("one that is cut off is no state, and stands in nobody's way", async () => {
  expect(await keepSealed(deps, { ...run, body: body.subarray(0, 100) }, 'why')).toBe(true);
  expect(await kept()).toEqual([]);
  await rm(deps.config.home, { recursive: true });
});
