import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLog } from '../../src/log/log.js';
import { startSandbox, type Sandbox, type SandboxRun } from '../../src/sandbox/sandbox.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A plan as `terraform show -json` tells it: address -> actions, for what changes. */
export type Actions = Readonly<Record<string, string>>;

/** A sandbox on a database of its own, and folders in which real terraform works. */
export interface Bench {
  readonly database: TestDatabase;
  readonly sandbox: Sandbox;
  /** Without `init`: providers are reached by TF_REATTACH_PROVIDERS and state is local, so there is nothing to fetch. */
  workspace(run: Partial<SandboxRun>, stack: object): Promise<Workspace>;
  close(): Promise<void>;
}

export interface Workspace {
  readonly folder: string;
  readonly run: SandboxRun;
  /** Runs terraform in a session of its own. */
  terraform(...args: string[]): Promise<Outcome>;
  /** Runs terraform and throws with its words unless it exits 0. */
  must(...args: string[]): Promise<string>;
  /** Starts terraform without waiting for it. */
  start(...args: string[]): Promise<{ child: ChildProcess; done: Promise<Outcome> }>;
  write(stack: object): Promise<void>;
  /** What a plan would change. */
  plan(): Promise<Actions>;
  apply(): Promise<Outcome>;
}

let environments = 0;

export async function openBench(): Promise<Bench> {
  const database = await createTestDatabase();
  const base = await mkdtemp(join(tmpdir(), 'sb-'));
  await chmod(base, 0o700);
  const sandbox = await startSandbox({
    db: database.db,
    socketFolder: join(base, 's'),
    log: createLog('error', 'test'),
  });
  return {
    database,
    sandbox,
    workspace: async (given, stack) => {
      environments += 1;
      const run = {
        environmentId: `env_${environments}`,
        runId: `run_${environments}`,
        accountId: String(100_000_000_000 + environments),
        region: 'eu-central-1',
        ...given,
      };
      const folder = await mkdtemp(join(base, 'w-'));
      const workspace = openWorkspace(sandbox, run, folder);
      await workspace.write(stack);
      return workspace;
    },
    close: async () => {
      await sandbox.close();
      await database.drop();
      await rm(base, { recursive: true, force: true });
    },
  };
}

function openWorkspace(sandbox: Sandbox, run: SandboxRun, folder: string): Workspace {
  const environmentOf = (reattach: string) => ({
    PATH: process.env['PATH'],
    HOME: folder,
    TF_REATTACH_PROVIDERS: reattach,
    TF_CLI_CONFIG_FILE: join(folder, 'cli.tfrc'),
    TF_IN_AUTOMATION: '1',
    CHECKPOINT_DISABLE: '1',
    // As src/terraform/terraform-env.ts sets it.
    GOGC: '400',
  });
  const start: Workspace['start'] = async (...args) => {
    await writeFile(join(folder, 'cli.tfrc'), '');
    const session = await sandbox.open(run);
    const child = spawn('terraform', [...args, '-no-color'], {
      cwd: folder,
      env: environmentOf(session.reattach),
    });
    const done = finished(child).finally(() => session.close());
    return { child, done };
  };
  const terraform: Workspace['terraform'] = async (...args) => (await start(...args)).done;
  const must: Workspace['must'] = async (...args) => {
    const { code, stdout, stderr } = await terraform(...args);
    if (code !== 0) throw new Error(`terraform ${args.join(' ')} ended with ${code}:\n${stdout}${stderr}`);
    return stdout;
  };
  return {
    folder,
    run,
    terraform,
    must,
    start,
    write: (stack) => writeFile(join(folder, 'main.tf.json'), JSON.stringify(stack, null, 2)),
    plan: async () => {
      const planned = await terraform('plan', '-input=false', '-detailed-exitcode', '-json', '-out=plan.bin');
      if (planned.code === 0) return {};
      if (planned.code !== 2)
        throw new Error(`terraform plan ended with ${planned.code}:\n${planned.stdout}${planned.stderr}`);
      const told = planned.stdout.split('\n').flatMap(changesOf);
      // What comes first, the new one or the end of the old one, only `show` tells.
      if (told.some(({ actions }) => actions[0] === 'replace')) {
        const shown = JSON.parse(await must('show', '-json', 'plan.bin')) as {
          resource_changes: { address: string; change: { actions: string[] } }[];
        };
        return named(shown.resource_changes.map(({ address, change }) => ({ address, ...change })));
      }
      return named(told);
    },
    apply: () => terraform('apply', '-input=false', '-auto-approve'),
  };
}

interface Change {
  readonly address: string;
  readonly actions: readonly string[];
}

/** Of a line of terraform's machine-readable output. */
function changesOf(line: string): Change[] {
  if (!line.includes('"planned_change"')) return [];
  const { change } = JSON.parse(line) as { change: { resource: { addr: string }; action: string } };
  return [{ address: change.resource.addr, actions: [change.action] }];
}

function named(changes: readonly Change[]): Actions {
  const named = changes.map(({ address, actions }) => [address, actions.join('+')] as const);
  return Object.fromEntries(named.filter(([, actions]) => actions !== 'no-op'));
}

function finished(child: ChildProcess): Promise<Outcome> {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) =>
      resolve({ code, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() }),
    );
  });
}

/** True when a process of that id runs. */
export function processRuns(pid: number): Promise<boolean> {
  return new Promise((resolve) => execFile('kill', ['-0', String(pid)], (error) => resolve(error === null)));
}
