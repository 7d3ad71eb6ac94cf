import type { Queryable } from '../db/db.js';

interface Of {
  readonly tenantId: string;
  readonly environmentId: string;
}

/**
 * What the other environments of the tenant cost a month, by the newest plan of each that was applied, is being applied or may
 * be. Until the transaction ends, nobody else is told: plans of a tenant are counted one after the other.
 */
export async function othersCost(tx: Queryable, { tenantId, environmentId }: Of): Promise<number> {
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('monthly_cost ' || $1, 0))`, [tenantId]);
  return sumOfNewest(tx, tenantId, environmentId);
}

/** What all environments of the tenant cost a month, counted as `othersCost` does; what has no price is not in it. */
export async function tenantCost(db: Queryable, tenantId: string): Promise<number> {
  return Math.round((await sumOfNewest(db, tenantId, null)) * 100) / 100;
}

async function sumOfNewest(db: Queryable, tenantId: string, without: string | null): Promise<number> {
  const { rows } = await db.query<{ sum: number }>(
    `select coalesce(sum(newest.cost), 0)::float8 as sum
     from environments e cross join lateral (
       select coalesce((p.summary #>> '{cost,after}')::float8, 0) as cost
       from plans p join runs r on r.plan_id = p.plan_id
       where p.environment_id = e.environment_id
         and (r.apply_started or r.status in ('awaiting_review', 'approved', 'no_changes'))
       order by p.plan_id desc limit 1) newest
     where e.tenant_id = $1 and e.environment_id is distinct from $2 and e.status <> 'destroyed'`,
    [tenantId, without],
  );
  return rows[0]?.sum ?? 0;
}
