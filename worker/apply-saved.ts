import { appError } from '../src/errors/app-error.js';
import { markApplyStarted } from '../src/run/run-store.js';
import { applyPlan } from '../src/terraform/terraform.js';
import type { WorkerDeps } from './deps.js';
import type { RunContext } from './run-context.js';
import { saveErroredState } from './errored-state.js';
import { openJournal } from './journal-sink.js';
import type { Tools } from './tools.js';

/** Applies a plan file; every resource is in the journal before and after it is touched. */
export async function applySaved(
  deps: WorkerDeps,
  ctx: RunContext,
  { tools, planFile }: { tools: Tools; planFile: Buffer },
): Promise<void> {
  const started = await ctx.step('start_apply', () => markApplyStarted(deps.db, ctx.lease));
  if (!started) throw appError('lease_lost', `run ${ctx.run.runId} was taken over by another worker`);
  await ctx.step('apply', async () => {
    const journal = openJournal(deps, ctx);
    try {
      await applyPlan(tools.terraform, planFile, journal.add);
    } finally {
      await saveErroredState(deps, ctx, tools);
      await journal.end();
    }
  });
}
