/** Terrace as a user runs it: the built all-in-one in a child process, with a home of its own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { projectRoot } from '../../src/lib/project-root.js';
import { createTestDatabase } from './database.js';

export interface Terrace {
  readonly url: string;
  readonly token: string;
  readonly home: string;
  readonly pid: number;
  /** All it has written to standard error so far. */
  stderr(): string;
  /** SIGKILL, as a crash. */
  kill(): Promise<void>;
  /** SIGTERM, and the exit code. */
  stop(): Promise<number | null>;
}

/** `npm start`, or the API alone. */
export type Program = 'all-in-one' | 'api';

export type Env = Readonly<Record<string, string>>;

const leastEnv = (): Env => ({ PATH: process.env.PATH ?? '', LANG: 'C.UTF-8', PORT: '0', LOG_LEVEL: 'info' });

export async function makeHome(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'terrace-e2e-'));
}

/** Homes whose database is one of the test run's server: no server to make and to start, no migration. */
const served = new Map<string, { readonly env: Env; drop(): Promise<void> }>();

/** A home for tests that are not about the embedded server. */
export async function makeServedHome(): Promise<string> {
  const [home, { db, url, drop }] = await Promise.all([makeHome(), createTestDatabase()]);
  await db.end();
  const env = {
    DATABASE_URL: url,
    STATE_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    SANDBOX: 'on',
  };
  served.set(home, { env, drop });
  return home;
}

/** The settings of a served home; undefined for a home with a server of its own. */
export const servedEnv = (home: string): Env | undefined => served.get(home)?.env;

export async function removeHome(home: string): Promise<void> {
  await served.get(home)?.drop();
  await rm(home, { recursive: true, force: true, maxRetries: 5 });
}

/** Starts it and waits for the ready line; throws with its standard error when it exits first. */
export async function startTerrace(
  home: string,
  env: Env = {},
  program: Program = 'all-in-one',
): Promise<Terrace> {
  const child = spawnTerrace(home, env, program);
  let errors = '';
  child.stderr!.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const url = await readyUrl(child, () => errors);
  const token = (await readFile(join(home, 'token'), 'utf8')).trim();
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
    return child.exitCode;
  };
  return {
    url,
    token,
    home,
    pid: child.pid!,
    stderr: () => errors,
    kill: async () => void (await end('SIGKILL')),
    stop: () => end('SIGTERM'),
  };
}

/** Starts it where it must fail: the exit code and what it said. */
export async function failToStart(
  home: string,
  env: Env = {},
): Promise<{ code: number | null; stderr: string }> {
  const child = spawnTerrace(home, env);
  let stderr = '';
  child.stderr!.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdout!.on('data', () => child.kill('SIGKILL'));
  await once(child, 'close');
  return { code: child.exitCode, stderr };
}

function spawnTerrace(home: string, env: Env, program: Program = 'all-in-one'): ChildProcess {
  return spawn(process.execPath, [join(projectRoot, `dist/src/main/${program}.js`)], {
    env: { ...leastEnv(), TERRACE_HOME: home, ...servedEnv(home), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function readyUrl(child: ChildProcess, errors: () => string): Promise<string> {
  for await (const line of createInterface({ input: child.stdout! })) {
    const found = /^terrace listening on (http:\S+)$/.exec(line);
    if (found) {
      child.stdout!.resume();
      return found[1]!;
    }
  }
  throw new Error(`terrace did not start:\n${errors()}`);
}
