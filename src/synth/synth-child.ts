import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { projectRoot } from '../lib/project-root.js';
import type { Log } from '../log/log.js';

const answer = z.union([
  z.object({ ready: z.literal(true) }),
  z.object({ id: z.number(), json: z.string(), sha256: z.string() }),
  z.object({ id: z.number().optional(), error: z.object({ message: z.string() }) }),
]);
export type SynthAnswer = z.output<typeof answer>;

/** The child is gone or was stopped before it answered. */
export class SynthChildGone extends Error {
  constructor(
    readonly reason: 'died' | 'timeout',
    message: string,
  ) {
    super(message);
    this.name = 'SynthChildGone';
  }
}

interface Waiting {
  readonly resolve: (answer: SynthAnswer) => void;
  readonly reject: (error: SynthChildGone) => void;
}

/** One synth process. It gets no setting and no secret: its environment is three fixed variables. Answers one question at a time. */
export class SynthChild {
  private readonly process: ChildProcessWithoutNullStreams;
  private readonly exited: Promise<unknown>;
  private waiting: Waiting | undefined;
  private gone: SynthChildGone | undefined;
  private asked = 0;
  private readyYet = false;

  constructor(log: Log, blueprintFolders: readonly string[]) {
    const program = join(projectRoot, 'dist/stacks/synth/child.js');
    this.process = spawn(process.execPath, ['--max-old-space-size=512', program, ...blueprintFolders], {
      cwd: tmpdir(),
      env: { PATH: '/usr/bin:/bin', LANG: 'C.UTF-8', CHECKPOINT_DISABLE: '1' },
      stdio: 'pipe',
    });
    this.exited = once(this.process, 'close').catch(() => undefined);
    this.process.on('error', (error) =>
      this.fail('died', `the synth process cannot start: ${error.message}`),
    );
    this.process.on('close', (code, signal) =>
      this.fail('died', `the synth process ended (${signal ?? code})`),
    );
    this.process.stdin.on('error', () => undefined);
    createInterface({ input: this.process.stdout }).on('line', (line) => this.take(line, log));
    createInterface({ input: this.process.stderr }).on('line', (line) =>
      log.warn({ line }, 'synth process says'),
    );
  }

  get pid(): number | undefined {
    return this.process.pid;
  }

  get alive(): boolean {
    return this.gone === undefined;
  }

  /** How many stacks it was asked for. */
  get used(): number {
    return this.asked;
  }

  /** Resolves once the stacks are loaded. Rejects with SynthChildGone. */
  async ready(timeoutMs: number): Promise<void> {
    if (!this.readyYet) await this.answerWithin(timeoutMs);
  }

  /** The child's answer to one input. Rejects with SynthChildGone; on a timeout the child is killed. */
  async ask(input: unknown, timeoutMs: number): Promise<SynthAnswer> {
    await this.ready(timeoutMs);
    this.asked += 1;
    const answered = this.answerWithin(timeoutMs);
    this.process.stdin.write(`${JSON.stringify({ id: this.asked, input })}\n`);
    return answered;
  }

  /** Ends it: asked first by closing its input, killed when it does not go. */
  async stop(graceMs = 1000): Promise<void> {
    this.process.stdin.end();
    const killer = setTimeout(() => this.process.kill('SIGKILL'), graceMs);
    await this.exited;
    clearTimeout(killer);
  }

  private answerWithin(timeoutMs: number): Promise<SynthAnswer> {
    return new Promise((resolve, reject) => {
      if (this.gone !== undefined) return reject(this.gone);
      const timer = setTimeout(() => {
        this.fail('timeout', `no answer within ${timeoutMs} ms`);
        this.process.kill('SIGKILL');
      }, timeoutMs);
      this.waiting = {
        resolve: (value) => (clearTimeout(timer), resolve(value)),
        reject: (error) => (clearTimeout(timer), reject(error)),
      };
    });
  }

  private take(line: string, log: Log): void {
    const parsed = answer.safeParse(jsonOf(line));
    if (!parsed.success) return log.warn({ line: line.slice(0, 500) }, 'synth process says');
    if ('ready' in parsed.data) this.readyYet = true;
    const waiting = this.waiting;
    this.waiting = undefined;
    waiting?.resolve(parsed.data);
  }

  private fail(reason: SynthChildGone['reason'], message: string): void {
    this.gone ??= new SynthChildGone(reason, message);
    const waiting = this.waiting;
    this.waiting = undefined;
    waiting?.reject(this.gone);
  }
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
