/** What the bench of a fleet reads from its database. */
import type { Queryable } from '../db/db.js';

export interface RunSpan {
  readonly kind: string;
  readonly status: string;
  /** From the request until a worker had it first. */
  readonly waitedMs: number;
  /** From then to the end. */
  readonly ranMs: number;
  /** What failed in passing and was tried again. */
  readonly retries: number;
}

/** Runs asked for since, that are over. */
export async function readSpans(db: Queryable, since: Date): Promise<RunSpan[]> {
  const { rows } = await db.query<RunSpan>(
    `select kind, status, extract(epoch from started_at - created_at)::float8 * 1000 as "waitedMs",
       extract(epoch from finished_at - started_at)::float8 * 1000 as "ranMs", jsonb_array_length(attempts) as retries
     from runs where finished_at is not null and started_at is not null and created_at >= $1`,
    [since],
  );
  return rows;
}

export async function countUnfinished(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    'select count(*)::int as count from runs where finished_at is null',
  );
  return rows[0]?.count ?? 0;
}

/** Everything that should be gone when all environments are destroyed, by name; empty = nothing is left. */
export async function readLeftovers(db: Queryable): Promise<string[]> {
  const { rows } = await db.query<{ name: string; count: number }>(
    `select * from (values
       ('objects in the sandbox', (select count(*)::int from sandbox.objects)),
       ('locks', (select count(*)::int from state_locks)),
       ('leases', (select count(*)::int from runs where lease_owner is not null)),
       ('resources in states', (select coalesce(sum(resource_count), 0)::int from (
         select distinct on (environment_id) resource_count from state_versions order by environment_id, serial desc) newest))
     ) as left_over (name, count) where count > 0`,
  );
  return rows.map(({ name, count }) => `${count} ${name}`);
}

/** When a run came to a status for the first time after a moment, in milliseconds of Unix time; null = not yet. */
export async function cameTo(
  db: Queryable,
  { runId, status, after }: { readonly runId: string; readonly status: string; readonly after: number },
): Promise<number | null> {
  const { rows } = await db.query<{ at: Date }>(
    `select created_at as at from events where run_id = $1 and type = $2 and created_at >= $3 order by sequence limit 1`,
    [runId, `run_${status}`, new Date(after)],
  );
  return rows[0]?.at.getTime() ?? null;
}

/** Whether an apply of the run has begun to create something of that type. */
export async function isCreating(db: Queryable, runId: string, type: string): Promise<boolean> {
  const { rowCount } = await db.query(
    `select 1 from journal where run_id = $1 and resource_type = $2 and step = 'started' limit 1`,
    [runId, type],
  );
  return (rowCount ?? 0) > 0;
}

export async function ownerOf(db: Queryable, runId: string): Promise<string | null> {
  const { rows } = await db.query<{ owner: string | null }>(
    'select lease_owner as owner from runs where run_id = $1',
    [runId],
  );
  return rows[0]?.owner ?? null;
}

/** Queues a run in each of the environments that `loadEnvironments` made, as if it had been asked for. */
export async function queueLoaded(db: Queryable): Promise<void> {
  await db.query(
    `insert into runs (run_id, environment_id, tenant_id, account_id, kind, status, revision, review, requested_by, correlation_id)
     select replace(environment_id, 'env_', 'run_'), environment_id, tenant_id, account_id, 'update', 'queued', 1, 'auto', 'load', 'load'
     from environments where created_by = 'load'`,
  );
  await db.query('vacuum analyze');
}
