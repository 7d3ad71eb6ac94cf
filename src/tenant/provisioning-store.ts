import type { Queryable } from '../db/db.js';
import type { FailedRun, ProvisioningStatus, WaitingRun } from './tenant.js';

const runColumns = `r.run_id as "runId", r.environment_id as "environmentId", e.name as "environmentName", r.kind,
  r.status, r.created_at as "createdAt"`;

interface Count {
  readonly status: string;
  readonly count: number;
}

const byStatus = (rows: readonly Count[]) =>
  Object.fromEntries(rows.map(({ status, count }) => [status, count]));

/** What of a tenant is there, under way, waiting longest, and what went wrong last. */
export async function readProvisioning(db: Queryable, tenantId: string): Promise<ProvisioningStatus> {
  const environments = await db.query<Count>(
    `select status, count(*)::int as count from environments where tenant_id = $1 group by status order by status`,
    [tenantId],
  );
  const runs = await db.query<Count>(
    `select status, count(*)::int as count from runs where tenant_id = $1 and finished_at is null
     group by status order by status`,
    [tenantId],
  );
  const waiting = await db.query<WaitingRun>(
    `select ${runColumns} from runs r join environments e using (environment_id)
     where r.tenant_id = $1 and r.finished_at is null and r.lease_owner is null order by r.run_id limit 1`,
    [tenantId],
  );
  const failed = await db.query<FailedRun>(
    `select ${runColumns}, r.finished_at as "finishedAt", r.error from runs r join environments e using (environment_id)
     where r.tenant_id = $1 and r.status in ('failed', 'rolled_back') order by r.finished_at desc limit 5`,
    [tenantId],
  );
  return {
    environments: byStatus(environments.rows),
    runs: byStatus(runs.rows),
    oldestWaiting: waiting.rows[0] ?? null,
    lastFailures: failed.rows,
  };
}
