import type { Tx } from '../db/db.js';
import { enqueueRun } from './run-job.js';
import { getRun } from './run-store.js';
import { transition } from './run-transition.js';

export interface Lost {
  readonly runId: string;
  readonly epoch: number;
  /** Such as `the worker was lost`. */
  readonly why: string;
}

/** A run whose stop was under way is stopped now, and so is a drift check, for others may wait for its end; any other is carried on by the next free worker. */
export async function interruptRun(tx: Tx, { runId, epoch, why }: Lost): Promise<void> {
  const { status, kind } = await getRun(tx, null, runId);
  const run = await transition(tx, { runId, to: 'interrupted', epoch, message: `${why} while ${status}` });
  if (kind === 'drift_check')
    await transition(tx, { runId, to: 'canceled', message: `${why}; the next drift check looks again` });
  else if (status === 'canceling')
    await transition(tx, {
      runId,
      to: 'canceled',
      message: 'the run was canceled; retry or delete the environment',
    });
  else await enqueueRun(tx, run);
}
