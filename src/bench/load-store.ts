import type { Db } from '../db/db.js';

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
