import type { Queryable, Tx } from '../db/db.js';
import { appError } from '../errors/app-error.js';
import { toPage, type Page, type PageRequest } from '../lib/page.js';
import type { RequestedTotals } from '../spec/blueprint.js';
import type { ChangeEnvironment, Environment, EnvironmentFilter } from './environment.js';
import type { ExpiryStep } from './expiry-rules.js';
import { insertRevision } from './revision-store.js';

const columns = `environment_id as "environmentId", tenant_id as "tenantId", account_id as "accountId", name, region,
  blueprint, review, rollback_on_failure as "rollbackOnFailure", deletion_protection as "deletionProtection",
  ttl_hours as "ttlHours", expires_at as "expiresAt", expiry_step as "expiryStep", labels, revision, applied_revision as "appliedRevision", version, status, settled_status as "settledStatus",
  health, health_check_seconds as "healthCheckSeconds", drift, drift_check_hours as "driftCheckHours", drift_ignore as "driftIgnore", state_restored as "stateRestored", state_diverged as "stateDiverged", outputs, error, current_run_id as "currentRunId", created_by as "createdBy",
  created_at as "createdAt", updated_at as "updatedAt", destroyed_at as "destroyedAt"`;

/** A tenant's environment; another tenant's is `not_found` in the same words. `tenantId` null = any tenant. */
export async function getEnvironment(
  db: Queryable,
  tenantId: string | null,
  environmentId: string,
): Promise<Environment> {
  const { rows } = await db.query<Environment>(
    `select ${columns} from environments where environment_id = $2 and ($1::text is null or tenant_id = $1)`,
    [tenantId, environmentId],
  );
  return rows[0] ?? environmentNotFound(environmentId);
}

function environmentNotFound(environmentId: string): never {
  throw appError('not_found', `no environment ${environmentId}`);
}

/** The same, locked until the transaction ends: take this lock before that of a run. */
export async function lockEnvironment(
  tx: Queryable,
  tenantId: string | null,
  environmentId: string,
): Promise<Environment> {
  const { rows } = await tx.query<Environment>(
    `select ${columns} from environments where environment_id = $2 and ($1::text is null or tenant_id = $1) for update`,
    [tenantId, environmentId],
  );
  return rows[0] ?? environmentNotFound(environmentId);
}

/** The environment of a run, locked in the same way. */
export async function lockEnvironmentOf(tx: Queryable, runId: string): Promise<Environment> {
  const { rows } = await tx.query<Environment>(
    `select ${columns} from environments
     where environment_id = (select environment_id from runs where run_id = $1) for update`,
    [runId],
  );
  if (rows[0] === undefined) throw appError('not_found', `no run ${runId}`);
  return rows[0];
}

/** Environments newest first; `after` is the environment id last seen. */
export async function listEnvironments(
  db: Queryable,
  filter: EnvironmentFilter,
  page: PageRequest,
): Promise<Page<Environment>> {
  const { rows } = await db.query<Environment>(
    `select ${columns} from environments
     where ($1::text is null or tenant_id = $1) and ($2::text is null or status = $2)
       and ($3::text is null or labels ->> $3 = $4)
       and ($5::text is null or position(lower($5) in lower(name)) > 0)
       and ($6::text is null or environment_id < $6)
     order by environment_id desc limit $7`,
    [
      filter.tenantId ?? null,
      filter.status ?? null,
      filter.label?.key ?? null,
      filter.label?.value ?? null,
      filter.q ?? null,
      page.after ?? null,
      page.limit + 1,
    ],
  );
  return toPage(rows, page.limit, (environment) => environment.environmentId);
}

/** What the environment is told at its creation and by later changes. */
type Setting =
  | 'review'
  | 'rollbackOnFailure'
  | 'deletionProtection'
  | 'ttlHours'
  | 'healthCheckSeconds'
  | 'driftCheckHours'
  | 'driftIgnore';

export type NewEnvironment = Pick<
  Environment,
  | 'environmentId'
  | 'tenantId'
  | 'accountId'
  | 'name'
  | 'region'
  | 'blueprint'
  | Setting
  | 'labels'
  | 'createdBy'
>;

/** Inserts an environment in `queued` with revision 1; a name in use is `environment_name_taken`. */
export async function insertEnvironment(
  tx: Queryable,
  environment: NewEnvironment,
  { spec, totals }: { readonly spec: unknown; readonly totals: RequestedTotals },
): Promise<void> {
  const { rowCount } = await tx.query(
    `insert into environments (environment_id, tenant_id, account_id, name, region, blueprint, review,
       rollback_on_failure, deletion_protection, ttl_hours, expires_at, labels, revision, status, settled_status, created_by,
       drift_check_hours, drift_ignore, health_check_seconds)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::int, now() + make_interval(hours => $10::int), $11, 1, 'queued', 'failed', $12, $13, $14, $15)
     on conflict (tenant_id, name) where status <> 'destroyed' do nothing`,
    [
      environment.environmentId,
      environment.tenantId,
      environment.accountId,
      environment.name,
      environment.region,
      environment.blueprint,
      environment.review,
      environment.rollbackOnFailure,
      environment.deletionProtection,
      environment.ttlHours,
      environment.labels,
      environment.createdBy,
      environment.driftCheckHours,
      JSON.stringify(environment.driftIgnore),
      environment.healthCheckSeconds,
    ],
  );
  if (rowCount === 0)
    throw appError(
      'environment_name_taken',
      `the tenant already has an environment named ${environment.name}`,
    );
  const { environmentId, blueprint, createdBy } = environment;
  await insertRevision(tx, { environmentId, number: 1, blueprint, spec, totals, createdBy });
}

/** What a change may set; undefined leaves a setting as it is. The labels are all of them. */
export type Settings = Pick<ChangeEnvironment, Setting> & {
  readonly labels: Readonly<Record<string, string>>;
};

/** Saves settings and raises the version. A new `ttlHours` counts from now. */
export async function saveSettings(tx: Queryable, environmentId: string, settings: Settings): Promise<void> {
  await tx.query(
    `update environments set version = version + 1, labels = $2, review = coalesce($3, review),
       rollback_on_failure = coalesce($4, rollback_on_failure),
       deletion_protection = coalesce($5, deletion_protection),
       ttl_hours = case when $6 then $7::int else ttl_hours end,
       expires_at = case when $6 then now() + make_interval(hours => $7::int) else expires_at end,
       expiry_step = case when $6 then null else expiry_step end,
       drift_check_hours = case when $8 then $9::int else drift_check_hours end,
       drift_ignore = coalesce($10::jsonb, drift_ignore),
       health_check_seconds = case when $11 then $12::int else health_check_seconds end, updated_at = now()
     where environment_id = $1`,
    [
      environmentId,
      settings.labels,
      settings.review ?? null,
      settings.rollbackOnFailure ?? null,
      settings.deletionProtection ?? null,
      settings.ttlHours !== undefined,
      settings.ttlHours ?? null,
      settings.driftCheckHours !== undefined,
      settings.driftCheckHours ?? null,
      settings.driftIgnore === undefined ? null : JSON.stringify(settings.driftIgnore),
      settings.healthCheckSeconds !== undefined,
      settings.healthCheckSeconds ?? null,
    ],
  );
}

/** Puts the end off by that many hours, from now on if it is over already; notices start anew with those still to come. */
export async function extendExpiry(tx: Queryable, environmentId: string, hours: number): Promise<void> {
  await tx.query(
    `update environments set version = version + 1, ttl_hours = coalesce(ttl_hours, 0) + $2::int,
       expires_at = greatest(expires_at, now()) + make_interval(hours => $2::int),
       expiry_step = case when greatest(expires_at, now()) + make_interval(hours => $2::int) > now() + interval '24 hours' then null
                          when greatest(expires_at, now()) + make_interval(hours => $2::int) > now() + interval '12 hours' then '24h'
                          else '12h' end,
       updated_at = now()
     where environment_id = $1`,
    [environmentId, hours],
  );
}

/** Notes how far the end of an environment has come. */
export async function saveExpiryStep(tx: Queryable, environmentId: string, step: ExpiryStep): Promise<void> {
  await tx.query(`update environments set expiry_step = $2 where environment_id = $1`, [environmentId, step]);
}

/**
 * Environments for whose end something may have to be done at that moment, soonest first: a notice that was not given, an end
 * that was not asked for, or one whose destroy run failed more than an hour ago.
 */
export async function environmentsNearEnd(db: Queryable, now: Date, limit: number): Promise<string[]> {
  const { rows } = await db.query<{ environmentId: string }>(
    `select e.environment_id as "environmentId" from environments e left join runs r on r.run_id = e.current_run_id
     where e.expires_at is not null and e.status <> 'destroyed' and e.expires_at <= $1::timestamptz + interval '24 hours'
       and case
         when e.expires_at > $1::timestamptz + interval '12 hours' then e.expiry_step is null
         when e.expires_at > $1::timestamptz + interval '30 minutes' then coalesce(e.expiry_step, '24h') = '24h'
         when e.expires_at > $1 then coalesce(e.expiry_step, '24h') in ('24h', '12h')
         when e.expiry_step = 'protected' then not e.deletion_protection
         when e.expiry_step = 'asked' then r.kind = 'destroy' and r.status = 'failed'
           and r.finished_at <= $1::timestamptz - interval '1 hour'
         else true end
     order by e.expires_at limit $2`,
    [now, limit],
  );
  return rows.map((row) => row.environmentId);
}

/** Makes a revision the newest one. */
export async function saveRevision(
  tx: Queryable,
  newest: Pick<Environment, 'environmentId' | 'revision' | 'blueprint'>,
): Promise<void> {
  await tx.query(
    `update environments set revision = $2, blueprint = $3, version = version + 1, updated_at = now()
     where environment_id = $1`,
    [newest.environmentId, newest.revision, newest.blueprint],
  );
}

/** Forgets what is sealed of a tenant's environments: their sensitive outputs. */
export async function eraseSecretOutputs(tx: Queryable, tenantId: string): Promise<void> {
  await tx.query(
    `update environments set secret_outputs = null where tenant_id = $1 and secret_outputs is not null`,
    [tenantId],
  );
}

/** So many requests of one token are never under way at once: it takes all connections of a hundred processes. */
const mostUnderWay = 1_000;

/**
 * Live environments made with one token, the one of this transaction included. Near `limit` a lock makes parallel requests of
 * the token count one after another, up to the commit; far from it none waits for another.
 */
export async function countEnvironmentsOf(tx: Queryable, createdBy: string, limit: number): Promise<number> {
  const count = await countOwned(tx, createdBy);
  if (count + mostUnderWay <= limit) return count;
  await tx.query(`select pg_advisory_xact_lock(hashtextextended($1, 0))`, [createdBy]);
  return countOwned(tx, createdBy);
}

async function countOwned(tx: Queryable, createdBy: string): Promise<number> {
  const { rows } = await tx.query<{ count: number }>(`select environments_owned_by($1) as count`, [
    createdBy,
  ]);
  return rows[0]?.count ?? 0;
}

/** The sealed sensitive outputs, or null while there are none. */
export async function getSecretOutputs(db: Queryable, environmentId: string): Promise<Buffer | null> {
  const { rows } = await db.query<{ sealed: Buffer | null }>(
    `select secret_outputs as sealed from environments where environment_id = $1`,
    [environmentId],
  );
  return rows[0]?.sealed ?? null;
}

/** The refs of blueprints that living environments have, with how many have each. */
export async function blueprintsInUse(db: Queryable): Promise<{ ref: string; environments: number }[]> {
  const { rows } = await db.query<{ ref: string; environments: number }>(
    `select blueprint as ref, count(*)::int as environments from environments
     where status <> 'destroyed' group by blueprint order by blueprint`,
  );
  return rows;
}

/** A create that has not succeeded is not rolled back by itself: what it would remove may be in use. */
export async function keepUnfinished(tx: Tx): Promise<void> {
  await tx.query(
    `update environments set rollback_on_failure = false
     where applied_revision is null and status not in ('ready', 'destroyed') and rollback_on_failure`,
  );
}
