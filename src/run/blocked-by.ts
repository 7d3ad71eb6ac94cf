import type { Queryable } from '../db/db.js';
import { breakerHold } from '../account/breaker-store.js';
import { holdOf } from '../tenant/admission.js';
import { runsAhead, runsInAccount } from './claim-store.js';
import { memoryLack } from './memory-wait-store.js';
import { openDriftCheck } from './run-store.js';
import type { Run } from './run.js';

export interface Limits {
  /** Approvals that the plan lacks. @default 1 */
  readonly missing?: number;
  /** ACCOUNT_RUNS_AT_ONCE. @default - no limit */
  readonly accountRunsAtOnce?: number | undefined;
}

/** What a run waits for, in words that name nobody else's; null = nothing. */
export async function blockedBy(
  db: Queryable,
  run: Pick<Run, 'tenantId' | 'status'> & Partial<Pick<Run, 'runId' | 'environmentId' | 'kind' | 'planId'>>,
  { missing = 1, accountRunsAtOnce }: Limits = {},
): Promise<string | null> {
  if (run.status === 'awaiting_review') return reviewText(run.planId, missing);
  if (run.status === 'interrupted') return freeWorker(db);
  if (run.status !== 'queued' && run.status !== 'approved') return null;
  const hold = await holdOf(db, run);
  if (hold !== null) return hold;
  const { runId = '', environmentId } = run;
  const left = environmentId === undefined ? null : await breakerHold(db, { runId, environmentId });
  if (left !== null) return left;
  const check =
    run.environmentId === undefined || run.kind === 'drift_check'
      ? null
      : await openDriftCheck(db, run.environmentId);
  if (check !== null) return `drift check ${check.runId}, which is being stopped`;
  if (accountRunsAtOnce !== undefined) {
    const account = await runsInAccount(db, runId);
    if (account !== null && account.runs >= accountRunsAtOnce)
      return `account ${account.accountId}: ${account.runs} of ${accountRunsAtOnce} runs at once`;
  }
  const worker = await freeWorker(db);
  const ahead = await runsAhead(db, runId);
  return ahead === 0 ? worker : `${worker}, after ${ahead} ${ahead === 1 ? 'run' : 'runs'} of its tenant`;
}

async function freeWorker(db: Queryable): Promise<string> {
  const lackMb = await memoryLack(db);
  return lackMb === null ? 'a free worker' : `a free worker with ${lackMb} MB of memory`;
}

function reviewText(planId: string | null | undefined, missing: number): string {
  if (!planId) return 'review';
  return `review of plan ${planId}: ${missing} ${missing === 1 ? 'approval' : 'approvals'} to go`;
}
