import type { Queryable } from '../db/db.js';
import { noUsage, type Quota, type Usage } from './quota-rules.js';

/** A tenant's quota; the tenant exists. */
export async function getQuota(db: Queryable, tenantId: string): Promise<Quota> {
  const { rows } = await db.query<Quota>(
    `select max_environments as environments, max_cpu_cores as "cpuCores", max_memory_gb as "memoryGb",
       max_storage_gb as "storageGb", max_gpu as gpu, max_runs_at_once as "runsAtOnce",
       max_monthly_cost as "monthlyCost", weight
     from tenants where tenant_id = $1`,
    [tenantId],
  );
  if (rows[0] === undefined) throw new Error(`no tenant ${tenantId}`);
  return rows[0];
}

/** Writes all of it. */
export async function saveQuota(tx: Queryable, tenantId: string, quota: Quota): Promise<void> {
  await tx.query(
    `update tenants set max_environments = $2, max_cpu_cores = $3, max_memory_gb = $4, max_storage_gb = $5,
       max_gpu = $6, max_runs_at_once = $7, max_monthly_cost = $8, weight = $9
     where tenant_id = $1`,
    [
      tenantId,
      quota.environments,
      quota.cpuCores,
      quota.memoryGb,
      quota.storageGb,
      quota.gpu,
      quota.runsAtOnce,
      quota.monthlyCost,
      quota.weight,
    ],
  );
}

/** Counted from the current revisions of environments that are not destroyed. */
export async function countUsage(db: Queryable, tenantId: string): Promise<Usage> {
  const { rows } = await db.query<Usage>(
    `select count(*)::int as environments, coalesce(sum(r.cpu_cores), 0) as "cpuCores",
       coalesce(sum(r.memory_gb), 0) as "memoryGb", coalesce(sum(r.storage_gb), 0) as "storageGb",
       coalesce(sum(r.gpu), 0)::int as gpu
     from environments e
     left join revisions r on r.environment_id = e.environment_id and r.number = e.revision
     where e.tenant_id = $1 and e.status <> 'destroyed'`,
    [tenantId],
  );
  return rows[0] ?? noUsage;
}

/** Runs of the tenant that a worker has in hand; drift checks stand in nobody's way. */
export async function countRunsInHand(db: Queryable, tenantId: string): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    `select count(*)::int as count from runs
     where tenant_id = $1 and finished_at is null and lease_owner is not null
       and kind <> 'drift_check'`,
    [tenantId],
  );
  return rows[0]?.count ?? 0;
}
