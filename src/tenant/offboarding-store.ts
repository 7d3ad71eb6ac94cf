import type { Queryable } from '../db/db.js';
import type { LeavingEnvironment } from './tenant.js';

/** Tenants that are being offboarded. */
export async function offboardingTenants(db: Queryable): Promise<string[]> {
  const { rows } = await db.query<{ tenantId: string }>(
    `select tenant_id as "tenantId" from tenants where status = 'offboarding' order by offboarding_at`,
  );
  return rows.map(({ tenantId }) => tenantId);
}

/** Environments of the tenant that are not destroyed, oldest first, with their current runs. */
export async function leavingEnvironments(
  db: Queryable,
  tenantId: string,
  limit: number,
): Promise<LeavingEnvironment[]> {
  const { rows } = await db.query<LeavingEnvironment>(
    `select e.environment_id as "environmentId", e.name, e.status, e.deletion_protection as "deletionProtection",
       r.run_id as "runId", r.kind as "runKind", r.status as "runStatus", r.created_at as "runCreatedAt",
       r.finished_at as "runFinishedAt", r.error
     from environments e left join runs r on r.run_id = e.current_run_id
     where e.tenant_id = $1 and e.status <> 'destroyed' order by e.environment_id limit $2`,
    [tenantId, limit],
  );
  return rows;
}

/**
 * Environments, or that one alone, that wait for a destroy run: none was asked for since the tenant was last asked to leave, none is under way,
 * no other run is in a worker's hands, and protection does not stand in the way. Oldest first.
 */
export async function environmentsToDestroy(
  db: Queryable,
  tenantId: string,
  { limit, only }: { readonly limit: number; readonly only?: string },
): Promise<string[]> {
  const { rows } = await db.query<{ environmentId: string }>(
    `select e.environment_id as "environmentId"
     from environments e join tenants t on t.tenant_id = e.tenant_id left join runs r on r.run_id = e.current_run_id
     where e.tenant_id = $1 and t.status = 'offboarding' and e.status <> 'destroyed' and e.state_diverged is null
       and ($3::text is null or e.environment_id = $3)
       and (t.offboarding_force or not e.deletion_protection)
       and (r.run_id is null
         or r.finished_at is null and r.kind <> 'destroy' and r.lease_owner is null
            and r.status in ('queued', 'awaiting_review', 'approved')
         or r.finished_at is not null and (r.kind <> 'destroy' or r.created_at < t.offboarding_at))
     order by e.environment_id limit $2`,
    [tenantId, limit, only ?? null],
  );
  return rows.map(({ environmentId }) => environmentId);
}

export interface Leftovers {
  readonly destroyed: number;
  readonly left: number;
  /** In the last state of each environment, taken together. */
  readonly resources: number;
}

export async function countLeftovers(db: Queryable, tenantId: string): Promise<Leftovers> {
  const { rows } = await db.query<Leftovers>(
    `select count(*) filter (where e.status = 'destroyed')::int as destroyed,
       count(*) filter (where e.status <> 'destroyed')::int as left,
       coalesce(sum(s.resource_count), 0)::int as resources
     from environments e left join lateral (
       select resource_count from state_versions v where v.environment_id = e.environment_id
       order by serial desc limit 1) s on true
     where e.tenant_id = $1`,
    [tenantId],
  );
  return rows[0] ?? { destroyed: 0, left: 0, resources: 0 };
}
