/** The only writer of health checks and of `environments.health`. */
import type { Queryable, Tx } from '../db/db.js';
import type { Health } from '../environment/environment.js';
import { appendEvent } from '../event/event-store.js';
import { newId } from '../lib/ids.js';
import { assertWritten } from '../run/lease-fence.js';
import { toPage, type Page, type PageRequest } from '../lib/page.js';

export type HealthTrigger = 'run' | 'request' | 'schedule';

/** One health check of an environment, waiting, under way or done. */
export interface HealthCheck {
  readonly healthCheckId: string;
  readonly tenantId: string;
  readonly environmentId: string;
  /** The run at whose end it was made. */
  readonly runId: string | null;
  readonly trigger: HealthTrigger;
  /** Null = Terrace itself. */
  readonly requestedBy: string | null;
  /** Rises with each claim. */
  readonly attempt: number;
  readonly overall: Health['overall'] | null;
  readonly components: Health['components'];
  /** Why nothing could be found out. */
  readonly error: string | null;
  readonly requestedAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

const columns = `health_check_id as "healthCheckId", tenant_id as "tenantId", environment_id as "environmentId",
  run_id as "runId", trigger, requested_by as "requestedBy", attempt, overall, components, error,
  requested_at as "requestedAt", started_at as "startedAt", finished_at as "finishedAt"`;

type Checked = Pick<HealthCheck, 'tenantId' | 'environmentId'>;

/** Health checks of an environment, newest first. */
export async function listHealthChecks(
  db: Queryable,
  environmentId: string,
  page: PageRequest,
): Promise<Page<HealthCheck>> {
  const { rows } = await db.query<HealthCheck>(
    `select ${columns} from health_checks
     where environment_id = $1 and ($2::text is null or health_check_id < $2) order by health_check_id desc limit $3`,
    [environmentId, page.after ?? null, page.limit + 1],
  );
  return toPage(rows, page.limit, (check) => check.healthCheckId);
}

export type NewHealthCheck = Checked & Pick<HealthCheck, 'trigger' | 'requestedBy'>;

/** Leaves a check for a worker; one that waits or is under way stands for it. */
export async function requestHealthCheck(tx: Queryable, check: NewHealthCheck): Promise<HealthCheck> {
  await tx.query(
    `insert into health_checks (health_check_id, tenant_id, environment_id, trigger, requested_by)
     values ($1, $2, $3, $4, $5) on conflict (environment_id) where finished_at is null do nothing`,
    [newId('healthCheck'), check.tenantId, check.environmentId, check.trigger, check.requestedBy],
  );
  const { rows } = await tx.query<HealthCheck>(
    `select ${columns} from health_checks where environment_id = $1
     order by (finished_at is null) desc, health_check_id desc limit 1`,
    [check.environmentId],
  );
  return rows[0]!;
}

export interface Schedule {
  /** For environments that name none; 0 = never. */
  readonly intervalSeconds: number;
  /** How many are due at once at most; the others are at the next call. */
  readonly most: number;
}

/** Leaves a check for each ready environment that had none for so long. One with an active run is checked at its end. */
export async function scheduleHealthChecks(db: Queryable, schedule: Schedule): Promise<number> {
  const { rows } = await db.query<Checked>(
    `select e.tenant_id as "tenantId", e.environment_id as "environmentId" from environments e
     left join lateral (select requested_at, finished_at from health_checks h
       where h.environment_id = e.environment_id order by health_check_id desc limit 1) last on true
     where e.status = 'ready' and coalesce(e.health_check_seconds, $1) > 0 and (last.requested_at is null
         or (last.requested_at < now() - make_interval(secs => coalesce(e.health_check_seconds, $1)) and last.finished_at is not null))
       and not exists (select 1 from runs r where r.environment_id = e.environment_id and r.finished_at is null)
     order by last.requested_at nulls first limit $2`,
    [schedule.intervalSeconds, schedule.most],
  );
  for (const due of rows) await requestHealthCheck(db, { ...due, trigger: 'schedule', requestedBy: null });
  return rows.length;
}

/** Takes the check that has waited longest, or one whose worker has been silent for so long; null when there is none. */
export async function claimHealthCheck(db: Queryable, silentSeconds: number): Promise<HealthCheck | null> {
  const { rows } = await db.query<HealthCheck>(
    `update health_checks set attempt = attempt + 1, started_at = now()
     where health_check_id = (
       select health_check_id from health_checks where finished_at is null
         and (started_at is null or started_at < now() - make_interval(secs => $1))
       order by requested_at limit 1 for update skip locked)
     returning ${columns}`,
    [silentSeconds],
  );
  return rows[0] ?? null;
}

/** What a check ends with: the health, or why nothing could be found out. */
export type Outcome = { readonly health: Health } | { readonly error: string };

/** Ends a claimed check. Nothing happens when another worker has claimed it meanwhile. */
export async function finishHealthCheck(
  tx: Tx,
  check: HealthCheck,
  { outcome, keep }: { readonly outcome: Outcome; readonly keep: number },
): Promise<void> {
  const health = 'health' in outcome ? outcome.health : null;
  const { rowCount } = await tx.query(
    `update health_checks set finished_at = now(), overall = $3, components = $4, error = $5
     where health_check_id = $1 and attempt = $2 and finished_at is null`,
    [
      check.healthCheckId,
      check.attempt,
      health?.overall ?? null,
      JSON.stringify(health?.components ?? {}),
      'error' in outcome ? outcome.error : null,
    ],
  );
  if (rowCount === 0) return;
  if (health !== null) await setHealth(tx, check, health);
  await forgetOld(tx, check.environmentId, keep);
}

/** Keeps what was found at the end of a run. Throws `lease_lost` for an old epoch. */
export async function keepRunHealth(
  tx: Tx,
  run: Checked & { readonly runId: string; readonly leaseEpoch: number },
  { health, startedAt, keep }: { readonly health: Health; readonly startedAt: Date; readonly keep: number },
): Promise<void> {
  const { rowCount } = await tx.query(
    `insert into health_checks (health_check_id, tenant_id, environment_id, run_id, trigger, overall, components,
       requested_at, started_at, finished_at)
     select $1, tenant_id, environment_id, run_id, 'run', $4, $5, $6, $6, now()
     from runs where run_id = $2 and lease_epoch = $3`,
    [
      newId('healthCheck'),
      run.runId,
      run.leaseEpoch,
      health.overall,
      JSON.stringify(health.components),
      startedAt,
    ],
  );
  assertWritten(run, rowCount);
  await setHealth(tx, run, health);
  await forgetOld(tx, run.environmentId, keep);
}

/** The environment's health; a change of it is a line of the timeline. */
async function setHealth(tx: Tx, { tenantId, environmentId }: Checked, health: Health): Promise<void> {
  const { rows } = await tx.query<{ before: Health['overall'] | null }>(
    `select health ->> 'overall' as before from environments where environment_id = $1 for update`,
    [environmentId],
  );
  await tx.query(`update environments set health = $2 where environment_id = $1 and status <> 'destroyed'`, [
    environmentId,
    JSON.stringify(health),
  ]);
  const before = rows[0]?.before ?? null;
  if (before === null || before === health.overall) return;
  await appendEvent(tx, {
    tenantId,
    environmentId,
    runId: null,
    type: 'health_changed',
    message: `the environment is ${health.overall}; it was ${before}`,
    data: { before, after: health.overall, components: health.components },
  });
}

async function forgetOld(tx: Tx, environmentId: string, keep: number): Promise<void> {
  await tx.query(
    `delete from health_checks where environment_id = $1 and finished_at is not null and health_check_id <=
       (select health_check_id from health_checks where environment_id = $1 order by health_check_id desc offset $2 limit 1)`,
    [environmentId, keep],
  );
}

/** Environments by health. */
export async function countHealth(db: Queryable): Promise<{ overall: string; count: number }[]> {
  const { rows } = await db.query<{ overall: string; count: number }>(
    `select coalesce(health ->> 'overall', 'unknown') as overall, count(*)::int as count
     from environments where status = 'ready' group by 1`,
  );
  return rows;
}
