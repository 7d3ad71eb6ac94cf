import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { createKeyring } from '../../src/crypto/envelope.js';
import { createLog } from '../../src/log/log.js';
import { startStateBackend, type StateBackend } from '../../src/state/state-backend.js';
import { readState } from '../../src/state/state-store.js';
import { firstError } from '../../src/terraform/diagnostics.js';
import { terraformFailure } from '../../src/terraform/terraform-failure.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { insertRun, type TestRun } from '../support/rows.js';

const keyring = createKeyring({ current: randomBytes(32) });
let database: TestDatabase;
let states: StateBackend;
let run: TestRun;
let folder: string;
const started: ChildProcess[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  states = await startStateBackend({ db: database.db, keyring, log: createLog('silent', 'test') });
});
afterAll(async () => {
  await states.close();
  await database.drop();
});
beforeEach(async () => {
  run = await insertRun(database.db);
  folder = await mkdtemp(join(tmpdir(), 'terrace-state-'));
});
afterEach(async () => {
  for (const child of started.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  await rm(folder, { recursive: true });
});

/** A stack without providers; `wait` is a shell command that its second resource runs. */
const stack = (wait: string) => `
terraform {
  backend "http" {}
}
resource "terraform_data" "first" {
  input = "one"
}
resource "terraform_data" "second" {
  input = terraform_data.first.id
  provisioner "local-exec" {
    command = ${JSON.stringify(wait)}
  }
}
output "first" {
  value = terraform_data.first.output
}
output "password" {
  value     = "hunter2hunter2"
  sensitive = true
}
`;

function start(
  [command = '', ...args]: readonly string[],
  stateEnv: Readonly<Record<string, string>>,
): ChildProcess & { text(): string } {
  const env = {
    PATH: process.env['PATH'],
    HOME: folder,
    CHECKPOINT_DISABLE: '1',
    TF_IN_AUTOMATION: '1',
    TF_CLI_CONFIG_FILE: join(folder, 'terraform.rc'),
    TF_HTTP_RETRY_MAX: '20',
    TF_HTTP_RETRY_WAIT_MIN: '1',
    TF_HTTP_RETRY_WAIT_MAX: '1',
    ...stateEnv,
  };
  const child = spawn('terraform', [command, '-no-color', '-input=false', ...args], {
    cwd: folder,
    env,
    stdio: 'pipe',
  });
  started.push(child);
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return Object.assign(child, { text: () => text });
}

async function terraform(
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ code: number; text: string }> {
  const child = start(argv, env);
  const [code] = (await once(child, 'close')) as [number];
  return { code, text: child.text() };
}

async function prepare(wait = 'true'): Promise<Readonly<Record<string, string>>> {
  await writeFile(join(folder, 'main.tf'), stack(wait));
  await writeFile(join(folder, 'terraform.rc'), '');
  const { env } = states.grant(run);
  expect(await terraform(['init'], env)).toMatchObject({ code: 0 });
  return env;
}

test('terraform plans, applies, reads outputs and destroys; every version is kept and the lock is given back', async () => {
  const env = await prepare();
  expect(await terraform(['plan', '-detailed-exitcode', '-out=plan'], env)).toMatchObject({ code: 2 });
  expect(await terraform(['apply', 'plan'], env)).toMatchObject({ code: 0 });
  expect(await terraform(['plan', '-detailed-exitcode'], env)).toMatchObject({ code: 0 });
  const state = await readState({ db: database.db, keyring }, run.environmentId);
  expect(state?.outputs).toMatchObject({
    first: { value: 'one', sensitive: false },
    password: { value: 'hunter2hunter2', sensitive: true },
  });
  expect(state?.resources.map((one) => one.address)).toEqual([
    'terraform_data.first',
    'terraform_data.second',
  ]);
  expect(await terraform(['destroy', '-auto-approve'], env)).toMatchObject({ code: 0 });
  expect((await readState({ db: database.db, keyring }, run.environmentId))?.resources).toEqual([]);
  const { rows } = await database.db.query<{ versions: number; locks: number }>(
    `select (select count(*) from state_versions where environment_id = $1) as versions,
            (select count(*) from state_locks where environment_id = $1) as locks`,
    [run.environmentId],
  );
  expect(rows[0]!.versions).toBeGreaterThanOrEqual(2);
  expect(rows[0]!.locks).toBe(0);
});

test('a second terraform is refused while the first applies, and is told which run holds the lock', async () => {
  const gate = join(folder, 'go');
  const env = await prepare(`while [ ! -e ${gate} ]; do sleep 0.05; done`);
  const first = start(['apply', '-auto-approve'], env);
  await eventually('the first is applying', () =>
    first.text().includes('terraform_data.second: Provisioning'),
  );
  const second = await terraform(['plan'], env);
  expect(second.code).toBe(1);
  expect(second.text).toContain('Error acquiring the state lock');
  expect(second.text.replace(/\s+/g, ' ')).toContain(`held by run ${run.runId}`);
  const failure = terraformFailure({
    command: 'plan',
    result: { exitCode: 1, signal: null, stoppedBy: null, durationMs: 0 },
    limit: { name: 'PROVISIONING_TIMEOUT', ms: 1000 },
    diagnostic: firstError(second.text),
    output: second.text,
    mask: (text) => text,
  });
  expect(failure.code).toBe('state_locked');
  expect(failure.message).toMatch(
    new RegExp(`^the state is locked: \\S+, held by run ${run.runId}; wait until it is given back$`),
  );
  await writeFile(gate, '');
  expect(await once(first, 'close')).toEqual([0, null]);
});

test('a state server that is away in mid-apply is not noticed', async () => {
  const gate = join(folder, 'go');
  const env = await prepare(`while [ ! -e ${gate} ]; do sleep 0.05; done`);
  const path = await openPath(new URL(env['TF_HTTP_ADDRESS']!));
  const apply = start(['apply', '-auto-approve'], viaPath(env, path.port));
  await eventually('it is applying', () => apply.text().includes('terraform_data.second: Provisioning'));
  await path.cut();
  await writeFile(gate, '');
  await eventually('terraform is past its work', () =>
    apply.text().includes('terraform_data.second: Creation complete'),
  );
  await path.mend();
  expect(await once(apply, 'close')).toEqual([0, null]);
  expect((await readState({ db: database.db, keyring }, run.environmentId))?.resources).toHaveLength(2);
  expect(await readdir(folder)).not.toContain('errored.tfstate');
  await path.cut();
});

test('terraform of a worker that lost its lease in mid-apply writes nothing over its successor', async () => {
  const gate = join(folder, 'go');
  const env = await prepare(`while [ ! -e ${gate} ]; do sleep 0.05; done`);
  const apply = start(['apply', '-auto-approve'], env);
  await eventually('it is applying', () => apply.text().includes('terraform_data.second: Provisioning'));
  await database.db.query('update runs set lease_epoch = 2 where run_id = $1', [run.runId]);
  await writeFile(gate, '');
  expect(await once(apply, 'close')).toEqual([1, null]);
  expect(await readState({ db: database.db, keyring }, run.environmentId)).toBeNull();
});

/** A way to the state server that can be cut and mended, on a port that stays. */
async function openPath(to: URL): Promise<{ port: number; cut(): Promise<void>; mend(): Promise<void> }> {
  const sockets = new Set<Socket>();
  let server: Server;
  const listen = async (port: number): Promise<number> => {
    server = createServer((socket) => {
      const onward = connect(Number(to.port), to.hostname);
      for (const end of [socket, onward]) sockets.add(end.on('error', () => end.destroy()));
      socket.pipe(onward).pipe(socket);
    });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  };
  const port = await listen(0);
  return {
    port,
    cut: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
    mend: async () => void (await listen(port)),
  };
}

function viaPath(env: Readonly<Record<string, string>>, port: number): Record<string, string> {
  const moved = Object.entries(env).map(([name, value]) => {
    if (!name.endsWith('ADDRESS')) return [name, value];
    return [name, Object.assign(new URL(value), { port: String(port) }).toString()];
  });
  return Object.fromEntries(moved) as Record<string, string>;
}
