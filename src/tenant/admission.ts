/** Whether a tenant takes one more run, and what it asks for. */
import type { Queryable, Tx } from '../db/db.js';
import { appError } from '../errors/app-error.js';
import type { RunKind } from '../run/run-state.js';
import { excessOf, limitsAnything, type Usage } from './quota-rules.js';
import { countRunsInHand, countUsage, getQuota } from './quota-store.js';
import { assertTakesRun } from './tenant-state.js';
import { getTenant, lockTenant } from './tenant-store.js';

export interface Admission {
  readonly tenantId: string;
  readonly kind: RunKind;
  /** By how much the request raises what the tenant uses. @default - not at all */
  readonly asked?: Usage;
}

/**
 * The last step of the transaction of a request, when all that it asks for is written: requests of a tenant are counted one
 * after the other from here to the commit, so that exactly the limit passes. Throws `tenant_not_active` and `tenant_quota_exceeded`.
 */
export async function admit(tx: Tx, { tenantId, kind, asked }: Admission): Promise<void> {
  assertTakesRun(await lockTenant(tx, null, tenantId), kind);
  if (asked === undefined) return;
  const quota = await getQuota(tx, tenantId);
  if (!limitsAnything(quota)) return;
  const excess = excessOf(quota, await countUsage(tx, tenantId), asked);
  if (excess.length === 0) return;
  const what = excess.map(({ message }) => message).join(', ');
  throw appError(
    'tenant_quota_exceeded',
    `tenant ${tenantId} would have ${what}: ask for less, destroy an environment, or have the quota raised`,
    {
      extra: {
        quota: excess.map(({ name, limit, wanted, asked: more }) => ({ name, limit, wanted, asked: more })),
      },
    },
  );
}

export interface WaitingRun {
  readonly tenantId: string;
  readonly status: string;
}

/**
 * What keeps a waiting run from being started besides the lack of a worker; null = nothing. With `lock` the runs of a tenant
 * with a limit are counted one claim after the other; the environment is locked by then.
 */
export async function holdOf(
  db: Queryable,
  run: WaitingRun,
  { lock = false }: { lock?: boolean } = {},
): Promise<string | null> {
  if (run.status !== 'queued' && run.status !== 'approved') return null;
  const { tenantId } = run;
  if (run.status === 'queued' && (await getTenant(db, null, tenantId)).status === 'suspended')
    return `tenant ${tenantId} is suspended`;
  const { runsAtOnce } = await getQuota(db, tenantId);
  if (runsAtOnce === null) return null;
  if (lock) await lockTenant(db, null, tenantId);
  const inHand = await countRunsInHand(db, tenantId);
  if (inHand < runsAtOnce) return null;
  return `the quota of tenant ${tenantId}: ${inHand} of ${runsAtOnce} runs at once`;
}
