import type { Db } from '../db/db.js';
import { newId } from '../lib/ids.js';

export interface Loaded {
  readonly tenantId: string;
  readonly accountId: string;
}

/** Fills a database with tenants that have a quota, a sandbox account and ready environments each. */
export async function loadEnvironments(
  db: Db,
  { tenants, perTenant }: { readonly tenants: number; readonly perTenant: number },
): Promise<Loaded[]> {
  await db.query(
    `insert into tenants (tenant_id, name, slug, max_environments, max_cpu_cores, max_memory_gb)
     select 'ten_' || lpad(n::text, 26, '0'), 'Load ' || n, 'load-' || n, 100000, 1e6, 1e6
     from generate_series(1, $1::int) n`,
    [tenants],
  );
  await db.query(
    `insert into accounts (account_id, tenant_id, name, provider, cloud_account_id, regions)
     select replace(tenant_id, 'ten_', 'acc_'), tenant_id, 'sandbox', 'sandbox', '100000000001', '{eu-central-1}'
     from tenants where slug like 'load-%'`,
  );
  await db.query(
    `insert into environments (environment_id, tenant_id, account_id, name, region, blueprint, review,
       rollback_on_failure, deletion_protection, revision, status, settled_status, created_by)
     select 'env_' || lpad((n * 10000 + substr(tenant_id, 5)::bigint)::text, 26, '0'), tenant_id,
       replace(tenant_id, 'ten_', 'acc_'), 'load-' || n, 'eu-central-1', 'app@1', 'required', true, false, 1, 'ready',
       'ready', 'load'
     from tenants, generate_series(1, $1::int) n where slug like 'load-%'`,
    [perTenant],
  );
  await db.query(
    `insert into revisions (environment_id, number, blueprint, spec, created_by, cpu_cores, memory_gb, storage_gb)
     select environment_id, 1, 'app@1', '{}', 'load', 2, 4, 40 from environments where created_by = 'load'`,
  );
  await db.query('vacuum analyze');
  const { rows } = await db.query<Loaded>(
    `select tenant_id as "tenantId", account_id as "accountId" from accounts
     where tenant_id in (select tenant_id from tenants where slug like 'load-%')`,
  );
  return rows;
}

/** A run that waits for a review, in one of the loaded environments. */
export async function loadRun(db: Db): Promise<{ readonly runId: string; readonly environmentId: string }> {
  const { rows } = await db.query<{ runId: string; environmentId: string }>(
    `insert into runs (run_id, environment_id, tenant_id, account_id, kind, status, revision, review, requested_by, correlation_id)
     select $1, environment_id, tenant_id, account_id, 'update', 'awaiting_review', 1, 'required', 'load', 'load'
     from environments where created_by = 'load' limit 1
     returning run_id as "runId", environment_id as "environmentId"`,
    [newId('run')],
  );
  if (rows[0] === undefined) throw new Error('there is no environment');
  return rows[0];
}

/** Makes a plan that of its run. */
export async function showPlanOf(
  db: Db,
  ids: { readonly runId: string; readonly planId: string },
): Promise<void> {
  await db.query(`update runs set plan_id = $2 where run_id = $1`, [ids.runId, ids.planId]);
}
