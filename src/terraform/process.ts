/**
 * Starts terraform and ends it. A process gets a group of its own, so that a stop reaches its children too, and an
 * environment that is exactly `env`: nothing of ours leaks. Stopping goes SIGINT (terraform saves its state), after
 * `graceMs` (a second when the lease is lost) SIGINT again (it exits at once, keeping what is finished), `saveMs` later
 * SIGKILL. When our own process
 * dies, the kernel kills terraform (`setpriv --pdeathsig KILL` where present): its state backend died with us, so it
 * could only create things that nobody records.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { appError, AppError } from '../errors/app-error.js';
import { splitLines } from './line-splitter.js';

export interface ProcessProps {
  /** Absolute path of the program. */
  readonly bin: string;
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** How long it may write nothing. @default for ever */
  readonly silenceMs?: number;
  readonly signal?: AbortSignal;
  /** Cuts a stop under way short: SIGINT again at once, SIGKILL `killMs` later. */
  readonly kill?: AbortSignal;
  readonly onLine: (line: string, stream: 'stdout' | 'stderr') => void;
  /** From the first SIGINT to the second. @default 95_000 */
  readonly graceMs?: number;
  /** From the second SIGINT to SIGKILL. @default half of `graceMs`, 25_000 at most */
  readonly saveMs?: number;
  /** Longer lines are cut, in characters. @default 1_048_576 */
  readonly maxLineLength?: number;
}

export interface ProcessResult {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stoppedBy: StopReason | null;
  readonly durationMs: number;
}

export type StopReason = 'timeout' | 'silence' | 'abort';

/** How long pipes may stay open after the program is gone (a grandchild in a group of its own may hold them). */
const drainMs = 2_000;
const killMs = 5_000;

/** Runs a program to its end. Rejects only when it could not be started, or when `onLine` threw. */
export async function runProcess(props: ProcessProps): Promise<ProcessResult> {
  if (props.signal?.aborted) return { exitCode: null, signal: null, stoppedBy: 'abort', durationMs: 0 };
  const started = performance.now();
  const child = start(props);
  const graceMs = props.graceMs ?? 95_000;
  const stopper = createStopper(child, { graceMs, saveMs: props.saveMs ?? Math.min(25_000, graceMs / 2) });
  const onAbort = (): void => stopper.stop('abort', isLeaseLost(props.signal) ? hurried : undefined);
  const onKill = (): void => stopper.kill();
  const limit = setTimeout(() => stopper.stop('timeout'), props.timeoutMs);
  const silence = watchSilence(props.silenceMs, () => stopper.stop('silence'));
  props.signal?.addEventListener('abort', onAbort, { once: true });
  props.kill?.addEventListener('abort', onKill, { once: true });
  try {
    const { exitCode, signal } = await waitForEnd(
      child,
      { ...props, onLine: silence.heard(props.onLine) },
      stopper,
    );
    return { exitCode, signal, stoppedBy: stopper.reason(), durationMs: performance.now() - started };
  } finally {
    clearTimeout(limit);
    silence.done();
    stopper.done();
    props.signal?.removeEventListener('abort', onAbort);
    props.kill?.removeEventListener('abort', onKill);
  }
}

/** Calls `onSilence` when nothing was heard for so long; a timer is moved on by each line. */
function watchSilence(silenceMs: number | undefined, onSilence: () => void) {
  const timer = silenceMs === undefined ? undefined : setTimeout(onSilence, silenceMs);
  return {
    heard: (onLine: ProcessProps['onLine']): ProcessProps['onLine'] => {
      if (timer === undefined) return onLine;
      return (line, stream) => {
        timer.refresh();
        onLine(line, stream);
      };
    },
    done: () => clearTimeout(timer),
  };
}

function start(props: ProcessProps): ChildProcess {
  const guard = deathGuard();
  return spawn(guard[0] ?? props.bin, [...guard.slice(1), ...(guard[0] ? [props.bin] : []), ...props.argv], {
    cwd: props.cwd,
    env: { ...props.env },
    detached: true,
    shell: false,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

type End = Pick<ProcessResult, 'exitCode' | 'signal'>;

function waitForEnd(child: ChildProcess, props: ProcessProps, stopper: Stopper): Promise<End> {
  let failure: unknown;
  const pump = (stream: 'stdout' | 'stderr'): void => {
    const lines = splitLines(props.maxLineLength ?? 1_048_576, (line) => {
      if (failure !== undefined) return;
      try {
        props.onLine(line, stream);
      } catch (error) {
        failure = error;
        stopper.stop('abort');
      }
    });
    child[stream]?.on('data', (chunk: Buffer) => lines.write(chunk)).on('close', () => lines.end());
  };
  pump('stdout');
  pump('stderr');
  return new Promise<End>((resolve, reject) => {
    let drain: NodeJS.Timeout | undefined;
    child.once('error', (error) =>
      reject(
        // ENOMEM, EAGAIN: the machine has no room for one more now.
        appError(
          /\b(ENOMEM|EAGAIN)\b/.test(error.message) ? 'interrupted' : 'internal',
          'a program could not be started',
          { detail: `${props.bin}: ${error.message}`, cause: error },
        ),
      ),
    );
    child.once('exit', () => {
      killGroup(child, 'SIGKILL');
      drain = setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
      }, drainMs);
    });
    child.once('close', (exitCode, signal) => {
      clearTimeout(drain);
      if (failure === undefined) resolve({ exitCode, signal });
      else reject(failure instanceof Error ? failure : new Error(String(failure)));
    });
  });
}

/** Another worker has the run: what this terraform would still make could be made twice. */
function isLeaseLost(signal: AbortSignal | undefined): boolean {
  return signal?.reason instanceof AppError && signal.reason.code === 'lease_lost';
}

const hurried: Patience = { graceMs: 1_000, saveMs: 500 };

interface Stopper {
  /** `patience` in place of the usual. */
  stop(reason: StopReason, patience?: Patience): void;
  kill(): void;
  reason(): StopReason | null;
  done(): void;
}

interface Patience {
  readonly graceMs: number;
  readonly saveMs: number;
}

function createStopper(child: ChildProcess, usual: Patience): Stopper {
  let stoppedBy: StopReason | null = null;
  const timers: NodeJS.Timeout[] = [];
  const later = (signal: NodeJS.Signals, ms: number) =>
    void timers.push(setTimeout(() => killGroup(child, signal), ms));
  const isOver = () => child.exitCode !== null || child.signalCode !== null;
  return {
    stop: (reason, { graceMs, saveMs } = usual) => {
      if (stoppedBy !== null || isOver()) return;
      stoppedBy = reason;
      killGroup(child, 'SIGINT');
      later('SIGINT', graceMs);
      later('SIGKILL', graceMs + saveMs);
    },
    kill: () => {
      if (isOver()) return;
      stoppedBy ??= 'abort';
      timers.splice(0).forEach(clearTimeout);
      killGroup(child, 'SIGINT');
      later('SIGKILL', killMs);
    },
    reason: () => stoppedBy,
    done: () => timers.forEach(clearTimeout),
  };
}

function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    // ESRCH: the group is gone. EPERM: some systems say so of a group of zombies.
    if (!['ESRCH', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

let guardCache: readonly string[] | undefined;

/** The words put before a command so that it dies with us; none where the system has no `setpriv` that can. */
export function deathGuard(): readonly string[] {
  guardCache ??= findDeathGuard();
  return guardCache;
}

function findDeathGuard(): readonly string[] {
  const setpriv = ['/usr/bin/setpriv', '/bin/setpriv'].find((path) => existsSync(path));
  if (setpriv === undefined) return [];
  const guard = [setpriv, '--pdeathsig', 'KILL', '--'];
  const tried = spawnSync(setpriv, [...guard.slice(1), setpriv, '--version'], {
    env: {},
    stdio: 'ignore',
    timeout: 5_000,
  });
  return tried.status === 0 ? guard : [];
}
