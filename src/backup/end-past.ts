/** What a restored database must not take for present: leases, and plans that were made of what was there then. */
import { auditSystem } from '../audit/auditor.js';
import type { Tx } from '../db/db.js';
import { interruptRun } from '../run/interrupt-run.js';
import { keepUnfinished } from '../environment/environment-store.js';
import { heldLeases } from '../run/lease-store.js';
import { suspectApplies } from '../run/run-store.js';
import { transition } from '../run/run-transition.js';
import type { BackupHeader } from './backup-file.js';
import { runsWithPlans, type PlannedRun } from './restore-store.js';

export interface Past {
  readonly interrupted: number;
  readonly outdated: readonly string[];
}

/**
 * Runs in a worker's hands are interrupted; those that wait with a plan end, for what it was made of may have moved on. Their
 * applies may have begun since: what they were going to make is looked for by the next plan, and a create does not take back
 * by itself what may have been in use. Audited.
 */
export async function endPast(tx: Tx, { backup_id: target, taken_at: takenAt }: BackupHeader): Promise<Past> {
  const why = `Terrace was restored from a backup of ${takenAt}`;
  const held = await heldLeases(tx);
  for (const { runId, epoch } of held) await interruptRun(tx, { runId, epoch, why: `${why}, taken` });
  const planned = await runsWithPlans(tx);
  for (const run of planned) await endPlan(tx, run, why);
  const outdated = planned.map(({ runId }) => runId);
  await suspectApplies(tx, [...held.map(({ runId }) => runId), ...outdated]);
  await keepUnfinished(tx);
  await auditSystem(tx, {
    action: 'backup_restored',
    target,
    tenant_id: null,
    result: 'done',
    detail: `${why}: ${held.length} runs interrupted, ${outdated.length} plans ended`,
  });
  return { interrupted: held.length, outdated };
}

async function endPlan(tx: Tx, { runId, planId, status }: PlannedRun, why: string): Promise<void> {
  const [to, code] =
    status === 'approved' ? (['stale', 'plan_stale'] as const) : (['expired', 'plan_expired'] as const);
  const message = `plan ${planId} ${status === 'approved' ? 'is stale' : 'expired'}: ${why}; replan the run`;
  const error = { code, message, blame: 'caller', retryable: false, step: null } as const;
  await transition(tx, { runId, to, message, error, data: { plan_id: planId, reason: 'restored' } });
}
