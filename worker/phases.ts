/** Times the parts of an apply against their budgets. A destroy brings nothing up and has none. */
import type { Config } from '../src/config/config.js';
import { inTransaction } from '../src/db/db.js';
import { journalTimes } from '../src/run/journal-store.js';
import { applyPhases, phase, type Phase, type PhaseBudgets } from '../src/run/phase-rules.js';
import { savePhases } from '../src/run/phase-store.js';
import type { WorkerDeps } from './deps.js';
import type { RunContext } from './run-context.js';

export function phaseBudgets(config: Config): PhaseBudgets {
  return {
    infrastructure: config.BUDGET_INFRASTRUCTURE * 1000,
    deployment: config.BUDGET_DEPLOYMENT * 1000,
    configuration: config.BUDGET_CONFIGURATION * 1000,
    health: config.BUDGET_HEALTH * 1000,
  };
}

/** Keeps what the journal says of the apply that has just ended. */
export async function timeApply(deps: WorkerDeps, ctx: RunContext): Promise<void> {
  if (ctx.run.kind === 'destroy') return;
  await save(deps, ctx, applyPhases(await journalTimes(deps.db, ctx.run.runId), phaseBudgets(deps.config)));
}

/** Does the health check and keeps how long it took, however it ended. */
export async function timeHealth<T>(deps: WorkerDeps, ctx: RunContext, work: () => Promise<T>): Promise<T> {
  if (ctx.run.kind === 'destroy') return work();
  const started = performance.now();
  try {
    return await work();
  } finally {
    const tookMs = Math.round(performance.now() - started);
    await save(deps, ctx, [phase('health', tookMs, phaseBudgets(deps.config))]);
  }
}

async function save(deps: WorkerDeps, ctx: RunContext, phases: readonly Phase[]): Promise<void> {
  await inTransaction(deps.db, (tx) => savePhases(tx, ctx.run, phases));
}
