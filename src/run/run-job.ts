import type { Queryable } from '../db/db.js';
import { enqueue, type OutboxJob } from '../queue/outbox.js';
import type { Run } from './run.js';

/** The job that carries a waiting run on. The id is deterministic, so that the same step is never queued twice. */
export function jobOf(run: Pick<Run, 'runId' | 'status' | 'interruptions'>): OutboxJob {
  const jobName = run.status === 'queued' ? 'plan' : run.status === 'approved' ? 'apply' : 'recover';
  return { jobName, jobId: `${jobName}-${run.runId}-${run.interruptions}`, payload: { run_id: run.runId } };
}

export async function enqueueRun(
  tx: Queryable,
  run: Pick<Run, 'runId' | 'status' | 'interruptions'>,
): Promise<void> {
  await enqueue(tx, jobOf(run));
}
