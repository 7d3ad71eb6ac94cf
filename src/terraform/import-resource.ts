import { firstError } from './diagnostics.js';
import { runProcess } from './process.js';
import { terraformFailure } from './terraform-failure.js';
import type { TerraformContext } from './terraform.js';

/**
 * Takes an existing object into the state (`terraform import`). False when there is no such object; throws
 * `apply_failed`, `phase_timeout` or `run_canceled` when it could not be found out.
 */
export async function importResource(
  ctx: TerraformContext,
  target: { readonly address: string; readonly id: string },
): Promise<boolean> {
  const errors: string[] = [];
  const result = await runProcess({
    bin: ctx.tool.bin,
    argv: ['import', '-input=false', '-no-color', target.address, target.id],
    cwd: ctx.workDir,
    env: ctx.env,
    timeoutMs: ctx.timeoutMs,
    signal: ctx.signal,
    graceMs: ctx.graceMs,
    onLine: (line, stream) => {
      if (stream === 'stderr') errors.push(line);
      ctx.onLine(line, stream);
    },
  });
  if (result.exitCode === 0) return true;
  const output = errors.join('\n');
  if (result.stoppedBy === null && output.replace(/[\s│]+/g, ' ').includes('non-existent remote object'))
    return false;
  const mask = ctx.mask ?? ((text: string) => text);
  const diagnostic = firstError(output);
  throw terraformFailure({ command: 'apply', result, diagnostic, output, timeoutMs: ctx.timeoutMs, mask });
}
