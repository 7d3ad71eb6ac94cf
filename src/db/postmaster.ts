import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { appError } from '../errors/app-error.js';
import { commandLine, type Binaries } from './embedded-binaries.js';
import { isAlive } from './home-lock.js';

export interface PostmasterProps {
  readonly binaries: Binaries;
  readonly dataFolder: string;
  readonly logFile: string;
  readonly port: number;
  readonly flags: readonly string[];
}

const startLimitMs = 60_000;
const stopLimitMs = 10_000;

/**
 * Starts a server on an initialized folder; resolves when it takes connections. It is in a process group of its own (Ctrl-C is
 * ours to handle) and shuts down by itself when this process dies. Rejects with the end of its log if it dies.
 */
export async function startPostmaster(props: PostmasterProps): Promise<ChildProcess> {
  const argv = [props.binaries.postgres, '-D', props.dataFolder, '-p', String(props.port), ...props.flags];
  const { program, args, ...owner } = commandLine(props.binaries, argv, 'INT');
  // A file, not a pipe: a pipe would break when this process dies, in the middle of the server's shutdown.
  const logHandle = openSync(props.logFile, 'a', 0o600);
  const child = spawn(program, args, {
    ...owner,
    cwd: '/',
    env: { LC_ALL: 'C.UTF-8', TZ: 'UTC' },
    stdio: ['ignore', logHandle, logHandle],
    detached: true,
  });
  closeSync(logHandle);
  let ended: string | undefined;
  child.once('error', (error) => (ended = error.message));
  child.once('exit', (code, signal) => (ended = `exit ${code ?? signal}`));
  const deadline = Date.now() + startLimitMs;
  while (!(child.pid !== undefined && isReady(props.dataFolder, child.pid))) {
    if (ended !== undefined || Date.now() > deadline) {
      child.kill('SIGQUIT');
      const tail = (await readFile(props.logFile, 'utf8').catch(() => '')).slice(-2_000);
      throw appError('database_unavailable', 'the embedded PostgreSQL did not start', {
        detail: `${ended ?? 'too slow'}: ${tail}`,
      });
    }
    await delay(3);
  }
  return child;
}

/** Fast shutdown (SIGINT), then immediate (SIGQUIT) after ten seconds; resolves when the process is gone. */
export async function stopPostmaster(pid: number): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    if (!isAlive(pid)) return;
    process.kill(pid, signal);
    const deadline = Date.now() + stopLimitMs;
    while (isAlive(pid) && Date.now() < deadline) await delay(5);
  }
}

/**
 * Clears what a killed process left in a data folder: stops a server that still runs on it, and removes a pid file whose
 * pid is gone or belongs to another program by now (as after a container's restart).
 */
export async function clearOrphan(dataFolder: string): Promise<void> {
  const path = join(dataFolder, 'postmaster.pid');
  const pid = Number.parseInt(await readFile(path, 'utf8').catch(() => ''), 10);
  if (Number.isNaN(pid)) return;
  if (isAlive(pid) && servesFolder(pid, dataFolder)) await stopPostmaster(pid);
  await rm(path, { force: true });
}

function servesFolder(pid: number, dataFolder: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(dataFolder);
  } catch {
    return process.platform !== 'linux';
  }
}

/** Line 1 of postmaster.pid is the pid, line 8 the status. */
function isReady(dataFolder: string, pid: number): boolean {
  try {
    const lines = readFileSync(join(dataFolder, 'postmaster.pid'), 'utf8').split('\n');
    return Number(lines[0]) === pid && lines[7]?.trim() === 'ready';
  } catch {
    return false;
  }
}
