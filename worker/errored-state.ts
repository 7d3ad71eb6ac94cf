import { rescueState } from '../src/state/state-protocol.js';
import { readErroredState } from '../src/terraform/terraform.js';
import type { WorkerDeps } from './deps.js';
import type { RunContext } from './run-context.js';
import type { Tools } from './tools.js';

/** Saves the state that terraform left in its work directory because the backend was away for longer than its retries. */
export async function saveErroredState(deps: WorkerDeps, ctx: RunContext, tools: Tools): Promise<void> {
  const left = await readErroredState(tools.terraform.workDir);
  if (left === undefined) return;
  await rescueState(deps, { environmentId: ctx.run.environmentId, ...ctx.lease }, left);
  ctx.say('the state that terraform could not hand over was saved');
}
