/** What plan, show, apply and import share: one terraform process in the work directory of a run. */
import type { Deadline, Limit } from '../config/limits.js';
import { parseDiagnostics } from './diagnostics.js';
import { tellingError } from './fault-kinds.js';
import type { Tool } from './locate.js';
import { runProcess, type ProcessProps, type ProcessResult } from './process.js';
import { terraformFailure, type FailureProps } from './terraform-failure.js';

/** All that a terraform command of one run needs. `cdk.tf.json` and the prepared `.terraform` are in `workDir`. */
export interface TerraformContext {
  readonly tool: Pick<Tool, 'bin' | 'version'>;
  readonly workDir: string;
  /** From `buildTerraformEnv`. */
  readonly env: Readonly<Record<string, string>>;
  /** Of each command that has no limit of its own. */
  readonly timeoutMs: number;
  readonly limits?: Partial<Record<'plan' | 'apply', Limit>>;
  /** When all commands together are over, whatever each may take. @default never */
  readonly deadline?: Deadline;
  /** How long terraform may write nothing. @default for ever */
  readonly silence?: Limit;
  readonly signal?: AbortSignal;
  /** Cuts a stop short; see `runProcess`. */
  readonly kill?: AbortSignal;
  /** Each line for the run's log, not yet redacted. */
  readonly onLine: (line: string, stream: 'stdout' | 'stderr') => void;
  /** Masks registered secrets in the texts of errors. @default none is registered */
  readonly mask?: (text: string) => string;
  /** See `runProcess`. */
  readonly graceMs?: number;
  readonly saveMs?: number;
}

type Command = Pick<ProcessProps, 'argv' | 'onLine' | 'maxLineLength'>;

/** Runs one terraform command. */
export function runTerraform(ctx: TerraformContext, command: Command): Promise<ProcessResult> {
  const { tool, workDir, env, silence, signal, kill, graceMs, saveMs } = ctx;
  return runProcess({
    bin: tool.bin,
    cwd: workDir,
    env,
    timeoutMs: Math.min(limitFor(ctx, command.argv[0] ?? '').ms, leftUntil(ctx)),
    silenceMs: silence?.ms,
    signal,
    kill,
    graceMs,
    saveMs,
    ...command,
  });
}

function leftUntil({ deadline }: TerraformContext): number {
  return deadline === undefined ? Infinity : Math.max(0, deadline.at - performance.now());
}

function limitFor({ limits, timeoutMs }: TerraformContext, command: string): Limit {
  const own = command === 'plan' || command === 'apply' ? limits?.[command] : undefined;
  return own ?? { name: 'PROVISIONING_TIMEOUT', ms: timeoutMs };
}

/** The error of a command that failed. */
export function failed(
  ctx: TerraformContext,
  props: Omit<FailureProps, 'limit' | 'mask' | 'abortReason'>,
): Error {
  const { silence, signal, deadline, mask = (text: string) => text } = ctx;
  const own =
    props.result.stoppedBy === 'silence' && silence !== undefined ? silence : limitFor(ctx, props.command);
  const limit = props.result.stoppedBy === 'timeout' && leftUntil(ctx) < 50 ? (deadline ?? own) : own;
  return terraformFailure({ ...props, limit, abortReason: signal?.reason, mask });
}

/** Keeps what a command writes, and passes it on to the log. */
export function collect(ctx: TerraformContext) {
  const stdout: string[] = [];
  const stderr: string[] = [];
  return {
    stdout,
    onLine: (line: string, stream: 'stdout' | 'stderr'): void => {
      (stream === 'stdout' ? stdout : stderr).push(line);
      ctx.onLine(line, stream);
    },
    end: () => ({ diagnostic: tellingError(parseDiagnostics(stderr.join('\n'))), output: stderr.join('\n') }),
  };
}
