import { type AppError, appError, toAppError } from '../errors/app-error.js';
import type { Log } from '../log/log.js';
import type { StackInput } from '../spec/stack-input.js';
import { SynthChild, SynthChildGone } from './synth-child.js';

export interface SynthesizedStack {
  /** Terraform's JSON (`cdk.tf.json`): equal inputs give equal bytes. */
  readonly json: string;
  readonly sha256: string;
}

/** Makes stacks in a process of its own. */
export interface Synth {
  /** Starts the process, so that the first stack is quick. Throws `synth_failed`. */
  warm(): Promise<void>;
  /** The stack of an input. One at a time; a dead process is replaced and asked once more. Throws `synth_failed`. */
  synth(input: StackInput): Promise<SynthesizedStack>;
  /** Ends the process; what waits is refused with `synth_failed`. */
  close(): Promise<void>;
  /** Of the current process, for tests and metrics. */
  readonly pid: number | undefined;
}

export interface SynthProps {
  readonly log: Log;
  /** Folders of blueprints beside the built-in ones. @default - none */
  readonly blueprintFolders?: readonly string[];
  /** Limit of one stack. @default 30000 */
  readonly timeoutMs?: number;
  /** The process is replaced after so many stacks, for construct code may leak. @default 2000 */
  readonly maxStacks?: number;
}

export function startSynth(props: SynthProps): Synth {
  const { log, blueprintFolders = [], timeoutMs = 30_000, maxStacks = 2000 } = props;
  let child: SynthChild | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let closed = false;

  /** The living child, a new one where there is none or it has done its share. */
  const current = (): SynthChild => {
    if (closed) throw appError('synth_failed', 'the stack generator is closed');
    if (child !== undefined && child.alive && child.used < maxStacks) return child;
    if (child?.alive) void child.stop();
    child = new SynthChild(log, blueprintFolders);
    return child;
  };

  const ask = async (input: StackInput): Promise<SynthesizedStack> => {
    const answer = await withOneMoreTry(() => current().ask(input, timeoutMs));
    if ('json' in answer) return { json: answer.json, sha256: answer.sha256 };
    throw failed(input.environment_id, 'error' in answer ? answer.error.message : 'no stack in the answer');
  };

  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };

  return {
    warm: () => inTurn(() => withOneMoreTry(() => current().ready(timeoutMs)).catch(raise('the warm-up'))),
    synth: (input) => inTurn(() => ask(input).catch(raise(input.environment_id))),
    close: async () => {
      closed = true;
      await child?.stop();
    },
    get pid() {
      return child?.alive ? child.pid : undefined;
    },
  };
}

/** A child that died by itself may have been killed from outside: once more in a fresh one. A timeout is not tried again. */
async function withOneMoreTry<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (!(thrown instanceof SynthChildGone) || thrown.reason === 'timeout') throw thrown;
    return work();
  }
}

function raise(subject: string): (thrown: unknown) => never {
  return (thrown) => {
    throw thrown instanceof SynthChildGone ? failed(subject, thrown.message, thrown) : toAppError(thrown);
  };
}

function failed(subject: string, detail: string, cause?: unknown): AppError {
  return appError('synth_failed', `the stack of ${subject} could not be generated`, { detail, cause });
}
