import { inTransaction, type Db } from '../../src/db/db.js';
import type { RunStatus } from '../../src/run/run-state.js';
import { transition } from '../../src/run/run-transition.js';

/** Moves a run through those statuses, as a worker would. */
export async function stepRun(db: Db, runId: string, ...statuses: readonly RunStatus[]): Promise<void> {
  for (const to of statuses)
    await inTransaction(db, (tx) => transition(tx, { runId, to, message: `the run is ${to}` }));
}

/** What is left of a run that awaits review, to its good end. */
export const toTheEnd: readonly RunStatus[] = ['approved', 'applying', 'verifying', 'succeeded'];
