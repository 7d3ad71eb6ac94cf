import { rm } from 'node:fs/promises';
import { toAppError } from '../src/errors/app-error.js';
import { erroredStatePath, readErroredState } from '../src/terraform/terraform.js';
import type { WorkerDeps } from './deps.js';
import { keepSealed } from './hand-in.js';
import { settleLefts } from './left-states.js';
import type { RunContext } from './run-context.js';
import type { Tools } from './tools.js';

/**
 * Stores the state that terraform left in its work directory because its backend was away or refused it, or, where the disk was
 * full, in its output (`dumped`); one that cannot be
 * stored is kept sealed. No clear file stays. Throws why it was not stored, or `state_diverged` when that blocks the environment.
 */
export async function saveErroredState(
  deps: WorkerDeps,
  ctx: RunContext,
  { tools, dumped }: { readonly tools: Tools; readonly dumped: string | undefined },
): Promise<void> {
  const { workDir } = tools.terraform;
  const body = dumped === undefined ? await readErroredState(workDir) : Buffer.from(dumped);
  if (body === undefined) return;
  try {
    await tools.states.rescue(body);
    ctx.say('the state that terraform could not hand over was saved');
  } catch (thrown) {
    const { code, message: why } = toAppError(thrown);
    const stored = await keepSealed(deps, { ...ctx.lease, body }, why);
    ctx.say(`the state that terraform left could not be stored, and is kept sealed: ${why}`);
    if (code !== 'state_conflict' || !stored) throw thrown;
    await settleLefts(deps, ctx, tools.states);
  }
  await rm(erroredStatePath(workDir), { force: true });
}
