/**
 * The way out of a tenant: every environment gets a destroy run by the ordinary path; when all are destroyed and their states
 * are empty, the tenant is archived. Each step looks at rows alone and may be repeated, by any process, at any time.
 */
import { revokeGrantsOf } from '../access/grant-store.js';
import { markAccountsDeleted } from '../account/account-store.js';
import { auditSystem } from '../audit/auditor.js';
import { inTransaction, type Db, type Tx } from '../db/db.js';
import { eraseSecretOutputs, lockEnvironment } from '../environment/environment-store.js';
import { deleteSecretsOf } from '../environment/secret-store.js';
import { newId } from '../lib/ids.js';
import { enqueueRun } from '../run/run-job.js';
import { activeRunId, getRun } from '../run/run-store.js';
import { openRun, transition } from '../run/run-transition.js';
import { revokeTokensOf } from '../token/token-store.js';
import { countLeftovers, environmentsToDestroy, offboardingTenants } from './offboarding-store.js';
import { getTenant, lockTenant, saveTenantStatus } from './tenant-store.js';
import type { Offboarding } from './tenant.js';

/** How many destroy runs of a tenant are asked for in one step. */
const mostAtOnce = 100;

/** Takes every offboarding as far as it goes now. */
export async function advanceOffboardings(db: Db): Promise<void> {
  for (const tenantId of await offboardingTenants(db)) await advanceOffboarding(db, tenantId);
}

/** Asks for destroy runs that are missing; archives the tenant when nothing is left. */
export async function advanceOffboarding(db: Db, tenantId: string): Promise<void> {
  for (const environmentId of await environmentsToDestroy(db, tenantId, { limit: mostAtOnce }))
    await inTransaction(db, (tx) => destroy(tx, tenantId, environmentId));
  await inTransaction(db, (tx) => archive(tx, tenantId));
}

async function destroy(tx: Tx, tenantId: string, environmentId: string): Promise<void> {
  await lockEnvironment(tx, tenantId, environmentId);
  const due = await environmentsToDestroy(tx, tenantId, { limit: 1, only: environmentId });
  const { offboarding } = await getTenant(tx, null, tenantId);
  if (due.length === 0 || offboarding === null) return;
  await cancelWaiting(tx, tenantId, environmentId);
  const environment = await lockEnvironment(tx, tenantId, environmentId);
  const run = await openRun(
    tx,
    {
      runId: newId('run'),
      environmentId,
      tenantId,
      accountId: environment.accountId,
      kind: 'destroy',
      revision: environment.revision,
      review: offboarding.review ?? environment.review,
      requestedBy: offboarding.requestedBy,
      authorId: offboarding.requestedById,
      replanOf: null,
      correlationId: `offboarding-${tenantId}`,
    },
    { status: environment.status, settled: environment.settledStatus },
  );
  await enqueueRun(tx, run);
}

/** A run that only waits would stand in the way of the destroy run. */
async function cancelWaiting(tx: Tx, tenantId: string, environmentId: string): Promise<void> {
  const active = await activeRunId(tx, environmentId);
  if (active === null) return;
  const { runId } = await getRun(tx, tenantId, active);
  const message = `the run was canceled: tenant ${tenantId} is being offboarded`;
  const error = { code: 'run_canceled', message, blame: 'caller', retryable: false, step: null };
  await transition(tx, { runId, to: 'canceled', message, error });
}

/** Ends what could still be used or read, and closes the tenant; its rows stay, for whoever asks what was. */
async function archive(tx: Tx, tenantId: string): Promise<void> {
  const { status, offboarding } = await lockTenant(tx, null, tenantId);
  if (status !== 'offboarding' || offboarding === null) return;
  const { destroyed, left, resources } = await countLeftovers(tx, tenantId);
  if (left > 0 || resources > 0) return;
  await deleteSecretsOf(tx, tenantId);
  await eraseSecretOutputs(tx, tenantId);
  await markAccountsDeleted(tx, tenantId);
  await revokeTokensOf(tx, tenantId);
  await revokeGrantsOf(tx, tenantId);
  await saveTenantStatus(tx, tenantId, 'offboarded');
  await auditSystem(tx, archived(tenantId, offboarding, destroyed));
}

function archived(tenantId: string, { requestedBy }: Offboarding, destroyed: number) {
  return {
    action: 'tenant_offboarded',
    target: tenantId,
    tenant_id: tenantId,
    result: 'done' as const,
    detail: `all ${destroyed} environments are destroyed and their states are empty; asked for by ${requestedBy}`,
    before: { status: 'offboarding' },
    after: { status: 'offboarded' },
  };
}
