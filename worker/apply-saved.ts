import { setTimeout } from 'node:timers/promises';
import { appError, toAppError } from '../src/errors/app-error.js';
import { appendJournal } from '../src/run/journal-store.js';
import { markApplyStarted } from '../src/run/run-store.js';
import type { JournalEntry } from '../src/terraform/apply-events.js';
import { applyPlan } from '../src/terraform/terraform.js';
import type { WorkerDeps } from './deps.js';
import type { RunContext } from './run-context.js';
import { saveErroredState } from './errored-state.js';
import type { Tools } from './tools.js';

export interface ApplySaved {
  readonly tools: Tools;
  readonly planFile: Buffer;
  /** Done when terraform holds the lock of the state and has changed nothing; when it throws, nothing is changed. */
  readonly check?: () => Promise<unknown>;
}

/**
 * Applies a plan file; every resource is in the journal before and after it is touched. Throws what `check` throws, and
 * `lease_lost`, before anything is changed.
 */
export async function applySaved(
  deps: WorkerDeps,
  ctx: RunContext,
  { tools, planFile, check }: ApplySaved,
): Promise<void> {
  let refusal: unknown;
  tools.whenLocked(async () => {
    try {
      await check?.();
      const started = await markApplyStarted(deps.db, ctx.lease);
      if (!started) throw appError('lease_lost', `run ${ctx.run.runId} was taken over by another worker`);
    } catch (error) {
      refusal = error;
      throw error;
    }
  });
  await ctx.step('apply', async () => {
    const journal = openJournal(deps, ctx);
    let dumped: string | undefined;
    try {
      await applyPlan(tools.terraform, planFile, journal.add, (state) => (dumped = state));
    } catch (error) {
      throw refusal ?? error;
    } finally {
      // The plan's binding is for its own apply; what follows has the state that this one left.
      tools.whenLocked(() => Promise.resolve());
      try {
        await journal.written();
      } finally {
        await saveErroredState(deps, ctx, { tools, dumped });
      }
    }
  });
}

/** How long a database that is away is waited for, and how often it is asked. */
const patienceMs = 60_000;
const againMs = 500;

/**
 * Writes entries at once and in order; those that come during a write go together in the next one. A database that is away is
 * waited for; a lease that is lost stops terraform.
 */
function openJournal(deps: WorkerDeps, ctx: RunContext) {
  let waiting: JournalEntry[] = [];
  let writing: Promise<void> = Promise.resolve();
  const write = async () => {
    const entries = waiting;
    waiting = [];
    if (entries.length === 0) return;
    const until = performance.now() + patienceMs;
    for (;;) {
      try {
        return await appendJournal(deps.db, ctx.lease, ...entries);
      } catch (error) {
        const fault = toAppError(error);
        if (fault.code === 'lease_lost') ctx.giveUp(fault);
        if (fault.code !== 'database_unavailable' || performance.now() > until) throw fault;
        await setTimeout(againMs);
      }
    }
  };
  return {
    add: (entry: JournalEntry): void => {
      waiting.push(entry);
      if (waiting.length > 1) return;
      writing = writing.then(write);
      writing.catch(() => undefined);
    },
    /** Resolves when all is written; rejects with the first fault. */
    written: () => writing,
  };
}
