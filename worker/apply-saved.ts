import { appError } from '../src/errors/app-error.js';
import { appendJournal } from '../src/run/journal-store.js';
import { markApplyStarted } from '../src/run/run-store.js';
import { applyPlan } from '../src/terraform/terraform.js';
import type { WorkerDeps } from './deps.js';
import type { RunContext } from './run-context.js';
import { saveErroredState } from './errored-state.js';
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
    let journal: Promise<void> = Promise.resolve();
    try {
      await applyPlan(tools.terraform, planFile, (entry) => {
        journal = journal.then(() => appendJournal(deps.db, ctx.lease, entry));
        journal.catch(() => undefined);
      });
    } finally {
      await journal;
      await saveErroredState(deps, ctx, tools);
    }
  });
}
