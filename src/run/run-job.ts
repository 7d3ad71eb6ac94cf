import type { Tx } from '../db/db.js';
import { enqueue } from '../queue/outbox.js';
import type { Run } from './run.js';

/** The job that carries a waiting run on. The id is deterministic, so that the same step is never queued twice. */
export async function enqueueRun(tx: Tx, run: Pick<Run, 'runId' | 'status' | 'interruptions'>): Promise<void> {
  const jobName = run.status === 'queued' ? 'plan' : run.status === 'approved' ? 'apply' : 'recover';
  await enqueue(tx, { jobName, jobId: `${jobName}-${run.runId}-${run.interruptions}`, payload: { run_id: run.runId } });
}
