import type { Queryable } from '../db/db.js';
import { enqueue } from '../queue/outbox.js';
import { jobOf } from './run-job.js';
import { heldBackRuns } from './lease-store.js';

/**
 * Has runs of a tenant that its quota or a suspension held back delivered again, oldest first. `after` names the occasion:
 * the same run is delivered once for each.
 */
export async function wakeWaiting(
  db: Queryable,
  tenantId: string,
  { after, most = 100 }: { readonly after: string; readonly most?: number },
): Promise<void> {
  for (const run of await heldBackRuns(db, tenantId, most)) {
    const job = jobOf(run);
    await enqueue(db, { ...job, jobId: `${job.jobId}-after-${after}` });
  }
}
