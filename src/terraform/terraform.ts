import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { appError } from '../errors/app-error.js';
import { diskFull, onDisk } from '../errors/disk-full.js';
import { sha256 } from '../lib/hash.js';
import { parseApplyLine, type JournalEntry } from './apply-events.js';
import type { Diagnostic } from './diagnostics.js';
import { tellingError } from './fault-kinds.js';
import { isCutOff } from './host-faults.js';
import { isProgress, planText } from './plan-text.js';
import { unanswered } from './unanswered.js';
import { collect, failed, runTerraform, type TerraformContext } from './terraform-command.js';

export type { TerraformContext } from './terraform-command.js';

export interface PlanResult {
  readonly hasChanges: boolean;
  readonly planFile: Buffer;
  readonly planSha256: string;
  /** Terraform's rendering, not yet masked: it shows sensitive values that reappear elsewhere (see `maskPlanText`). */
  readonly text: string;
}

const planName = 'plan.bin';
/** A plan as JSON, or a state, is one line. */
const longestLine = 256 * 1_048_576;

/**
 * Makes a saved plan. Its progress and errors go to the log, its rendering does not: what is secret in it is known when the whole
 * plan is read. Throws `plan_failed`, `phase_timeout` or `run_canceled`.
 */
export async function planTerraform(
  ctx: TerraformContext,
  options: { destroy?: boolean } = {},
): Promise<PlanResult> {
  const output = collect({
    ...ctx,
    onLine: (line, stream) =>
      stream === 'stderr' || isProgress(line) ? ctx.onLine(line, stream) : undefined,
  });
  const argv = ['plan', '-input=false', '-no-color', '-detailed-exitcode', `-out=${planName}`];
  const result = await runTerraform(ctx, {
    argv: options.destroy ? [...argv, '-destroy'] : argv,
    onLine: output.onLine,
  });
  const planned = result.stoppedBy === null && (result.exitCode === 0 || result.exitCode === 2);
  // A terraform that crashes ends with 2, too, which else means changes: then there is no plan.
  const planFile = planned ? await readPlan(ctx) : undefined;
  if (planFile === undefined) throw failed(ctx, { command: 'plan', result, ...output.end() });
  return {
    hasChanges: result.exitCode === 2,
    planFile,
    planSha256: sha256(planFile),
    text: planText(output.stdout),
  };
}

/**
 * Whether something was changed beside Terraform; `showPlan` then tells what. Changes and locks nothing.
 * The exit code would not tell: it is 2 for mere differences of form in the state, too. Throws as `planTerraform` does.
 */
export async function refreshTerraform(ctx: TerraformContext): Promise<boolean> {
  const texts: string[] = [];
  const diagnostics: Diagnostic[] = [];
  let drifted = false;
  const argv = ['plan', '-refresh-only', '-lock=false', '-input=false', '-json', `-out=${planName}`];
  const result = await runTerraform(ctx, {
    argv,
    onLine: (line, stream) => {
      const event = parseApplyLine(line);
      if (event.drift === true) drifted = true;
      if (event.diagnostic) diagnostics.push(event.diagnostic);
      if (event.diagnostic || stream === 'stderr') texts.push(event.text);
      for (const text of event.text.split('\n')) ctx.onLine(text, stream);
    },
  });
  if (result.exitCode === 0) {
    if (drifted) await readPlan(ctx);
    return drifted;
  }
  const diagnostic = diagnostics.find(({ severity }) => severity === 'error');
  throw failed(ctx, { command: 'plan', result, diagnostic, output: texts.join('\n') });
}

/** The plan file just made; undefined when there is none. Throws `disk_full` when it is not whole. */
async function readPlan({ workDir }: TerraformContext): Promise<Buffer | undefined> {
  const planFile = await ifThere(join(workDir, planName));
  if (planFile !== undefined && isCutOff(planFile))
    throw diskFull('WORKDIR_BASE', { detail: `the plan file is cut off at ${planFile.length} bytes` });
  return planFile;
}

/** The plan just made as JSON with all its values, and as terraform's text of it: never log or store it in clear. */
export async function showPlan(ctx: TerraformContext): Promise<{ json: unknown; text: string }> {
  const output = collect({
    ...ctx,
    onLine: (line, stream) => (stream === 'stderr' ? ctx.onLine(line, stream) : undefined),
  });
  const argv = ['show', '-json', planName];
  const result = await runTerraform(ctx, { argv, onLine: output.onLine, maxLineLength: longestLine });
  if (result.exitCode !== 0) throw failed(ctx, { command: 'show', result, ...output.end() });
  const text = output.stdout.join('');
  try {
    return { json: JSON.parse(text), text };
  } catch (error) {
    throw appError('plan_failed', 'terraform could not plan: its plan is not JSON', { cause: error });
  }
}

/**
 * Applies exactly this saved plan; each resource is handed over when terraform starts and finishes it. Returns when all
 * of it is done, even if a stop was asked for meanwhile. A state that terraform can store neither in its backend nor on its disk
 * is handed to `onState`. Throws `apply_failed`, `phase_timeout`, `disk_full` or `run_canceled`.
 */
export async function applyPlan(
  ctx: TerraformContext,
  planFile: Uint8Array,
  onEntry: (entry: JournalEntry) => void,
  onState: (state: string) => void = () => undefined,
): Promise<void> {
  await onDisk('WORKDIR_BASE', () => writeFile(join(ctx.workDir, planName), planFile, { mode: 0o600 }));
  const texts: string[] = [];
  const diagnostics: Diagnostic[] = [];
  const entries: JournalEntry[] = [];
  const result = await runTerraform(ctx, {
    argv: ['apply', '-json', '-input=false', planName],
    onLine: (line, stream) => {
      const event = parseApplyLine(line);
      if (event.entry) {
        entries.push(event.entry);
        onEntry(event.entry);
      }
      if (event.state !== undefined) onState(event.state);
      if (event.diagnostic) diagnostics.push(event.diagnostic);
      if (event.diagnostic || stream === 'stderr') texts.push(event.text);
      for (const text of event.text.split('\n')) ctx.onLine(text, stream);
    },
    maxLineLength: longestLine,
  });
  if (result.exitCode === 0) return;
  // The journal's last word of them is that they were started: whoever goes on looks for them.
  for (const entry of unanswered(entries, diagnostics)) onEntry({ ...entry, step: 'started' });
  throw failed(ctx, {
    command: 'apply',
    result,
    diagnostic: tellingError(diagnostics),
    output: texts.join('\n'),
  });
}

export function erroredStatePath(workDir: string): string {
  return join(workDir, 'errored.tfstate');
}

/** The state that terraform could not hand to its backend, left in the work directory; undefined is the usual case. */
export async function readErroredState(workDir: string): Promise<Buffer | undefined> {
  return ifThere(erroredStatePath(workDir));
}

function ifThere(path: string): Promise<Buffer | undefined> {
  return readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}
