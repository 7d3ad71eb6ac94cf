import { readErroredState } from '../src/terraform/terraform.js';
import type { RunContext } from './run-context.js';
import type { Tools } from './tools.js';

/** Saves the state that terraform left in its work directory because the backend was away for longer than its retries. */
export async function saveErroredState(ctx: RunContext, tools: Tools): Promise<void> {
  const left = await readErroredState(tools.terraform.workDir);
  if (left === undefined) return;
  await tools.states.rescue(left);
  ctx.say('the state that terraform could not hand over was saved');
}
