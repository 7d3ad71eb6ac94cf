/** The only writer of `environments.drift`; and which environments are due for a check. */
import type { Queryable, Tx } from '../db/db.js';
import { lockEnvironment } from '../environment/environment-store.js';
import { appendEvent } from '../event/event-store.js';
import { mostDriftChanges, type Drift } from './drift.js';
import { driftText, turnOf, type Found } from './drift-rules.js';

interface CheckRun {
  readonly runId: string;
  readonly environmentId: string;
  readonly tenantId: string;
}

/** What a check ends with: what it found, or why it could not look. */
export type Looked = Found | { readonly error: string };

/** Keeps what a check ended with; drift that comes or goes is a line of the timeline. The caller's transaction is fenced. */
export async function saveDrift(tx: Tx, run: CheckRun, looked: Looked): Promise<void> {
  const { drift: before } = await lockEnvironment(tx, null, run.environmentId);
  const found: Found & Pick<Drift, 'changes_total'> =
    'error' in looked
      ? {
          changes: before?.changes ?? [],
          changes_total: before?.changes_total ?? 0,
          ignored: before?.ignored ?? 0,
        }
      : { ...looked, changes_total: looked.changes.length };
  const error = 'error' in looked ? looked.error : null;
  const seen = found.changes.length > 0 ? ('drifted' as const) : ('in_sync' as const);
  const after: Drift = {
    status: error === null ? seen : 'unknown',
    checked_at: new Date().toISOString(),
    changes: found.changes.slice(0, mostDriftChanges),
    changes_total: found.changes_total,
    ignored: found.ignored,
    error,
    run_id: run.runId,
  };
  await write(tx, run, { before, after });
}

/** After an apply of the whole stack everything is as it was applied. */
export async function settleDrift(tx: Tx, run: CheckRun): Promise<void> {
  const { drift: before } = await lockEnvironment(tx, null, run.environmentId);
  if (before === null) return;
  const nothing = { changes: [], changes_total: 0, ignored: 0, error: null };
  const checked_at = new Date().toISOString();
  await write(tx, run, { before, after: { ...nothing, status: 'in_sync', checked_at, run_id: run.runId } });
}

/** What was found of another state says nothing of this one. */
export async function forgetDrift(tx: Tx, environmentId: string): Promise<void> {
  await tx.query(`update environments set drift = null where environment_id = $1`, [environmentId]);
}

async function write(
  tx: Tx,
  { tenantId, environmentId, runId }: CheckRun,
  { before, after }: { readonly before: Drift | null; readonly after: Drift },
): Promise<void> {
  await tx.query(`update environments set drift = $2 where environment_id = $1 and status <> 'destroyed'`, [
    environmentId,
    JSON.stringify(after),
  ]);
  const turn = turnOf(before, after);
  if (turn === null) return;
  const message =
    turn === 'drifted' ? driftText(after.changes) : 'what had drifted is as it was applied again';
  const changes = after.changes.slice(0, 50).map(({ address, action, attributes }) => ({
    address,
    action,
    attributes: attributes.map(({ path }) => path),
  }));
  await appendEvent(tx, { tenantId, environmentId, runId, type: turn, message, data: { changes } });
}

export interface DriftSchedule {
  /** Where the environment says nothing; 0 = never. */
  readonly hours: number;
  /** Of all ready environments, in percent; at least one. */
  readonly share: number;
  /** How many are started by one call at most. */
  readonly most: number;
}

export interface Due {
  readonly environmentId: string;
  readonly tenantId: string;
}

/**
 * Environments whose next check is due, those that waited longest first, locked; as many as the share of the fleet leaves
 * room for. Ready ones of active tenants, with nothing under way and no state locked. Empty while another worker looks.
 */
export async function dueForDriftCheck(tx: Tx, schedule: DriftSchedule): Promise<Due[]> {
  const { rows: turns } = await tx.query<{ mine: boolean }>(
    `select pg_try_advisory_xact_lock(hashtextextended('drift checks', 0)) as mine`,
  );
  if (turns[0]?.mine !== true) return [];
  const { rows } = await tx.query<Due>(
    `with room as (
       select greatest(1, floor((select count(*) from environments where status = 'ready') * $2 / 100.0))
         - (select count(*) from runs where kind = 'drift_check' and finished_at is null) as free)
     select e.environment_id as "environmentId", e.tenant_id as "tenantId"
     from environments e
       left join lateral (select created_at from runs r where r.environment_id = e.environment_id
                            and r.kind = 'drift_check' order by run_id desc limit 1) last on true
     where e.status = 'ready' and e.state_diverged is null and coalesce(e.drift_check_hours, $1) > 0
       and coalesce(last.created_at, (select max(r.finished_at) from runs r where r.environment_id = e.environment_id), e.created_at)
         < now() - make_interval(hours => coalesce(e.drift_check_hours, $1))
       and not exists (select 1 from runs r where r.environment_id = e.environment_id and r.finished_at is null)
       and not exists (select 1 from state_locks l where l.environment_id = e.environment_id)
       and exists (select 1 from tenants t where t.tenant_id = e.tenant_id and t.status = 'active')
     order by last.created_at nulls first
     limit (select greatest(0, least(free, $3)) from room)
     for update of e skip locked`,
    [schedule.hours, schedule.share, schedule.most],
  );
  return rows;
}

/** Environments by drift. */
export async function countDrift(db: Queryable): Promise<{ status: string; count: number }[]> {
  const { rows } = await db.query<{ status: string; count: number }>(
    `select coalesce(drift ->> 'status', 'unchecked') as status, count(*)::int as count
     from environments where status = 'ready' group by 1`,
  );
  return rows;
}
