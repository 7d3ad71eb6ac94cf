import type { Db } from '../../src/db/db.js';
import { newId } from '../../src/lib/ids.js';

export interface TestRun {
  readonly tenantId: string;
  readonly accountId: string;
  readonly environmentId: string;
  readonly runId: string;
  readonly epoch: number;
}

/** A tenant with an account, an environment and its active run, leased with epoch 1: the least that states and journals refer to. */
export async function insertRun(db: Db): Promise<TestRun> {
  const [tenantId, accountId, environmentId, runId] = [
    newId('tenant'),
    newId('account'),
    newId('environment'),
    newId('run'),
  ];
  const slug = `t${tenantId.slice(-12)}`;
  await db.query('insert into tenants (tenant_id, name, slug) values ($1, $2, $2)', [tenantId, slug]);
  await db.query(
    `insert into accounts (account_id, tenant_id, name, provider, cloud_account_id)
     values ($1, $2, 'sandbox', 'sandbox', '000000000000')`,
    [accountId, tenantId],
  );
  await db.query(
    `insert into environments (environment_id, tenant_id, account_id, name, region, blueprint, review, rollback_on_failure,
       deletion_protection, revision, status, settled_status, created_by)
     values ($1, $2, $3, 'dev', 'eu-central-1', 'app@1', 'auto', false, false, 1, 'queued', 'queued', 'test')`,
    [environmentId, tenantId, accountId],
  );
  await insertRunOf(db, { tenantId, accountId, environmentId, runId });
  return { tenantId, accountId, environmentId, runId, epoch: 1 };
}

/** One more run of an environment, leased with epoch 1. */
export async function insertRunOf(db: Db, ids: Omit<TestRun, 'epoch'>): Promise<void> {
  await db.query(
    `insert into runs (run_id, environment_id, tenant_id, account_id, kind, status, revision, review, requested_by,
       correlation_id, lease_epoch, lease_owner, lease_expires_at)
     values ($1, $2, $3, $4, 'create', 'applying', 1, 'auto', 'test', 'test', 1, 'worker', now() + interval '1 hour')`,
    [ids.runId, ids.environmentId, ids.tenantId, ids.accountId],
  );
}
