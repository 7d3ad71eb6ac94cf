import { tenantCost } from '../cost/cost-store.js';
import { inTransaction, type Db } from '../db/db.js';
import { appError } from '../errors/app-error.js';
import { newId } from '../lib/ids.js';
import type { Page, PageRequest } from '../lib/page.js';
import { blockedBy, type Limits } from '../run/blocked-by.js';
import { wakeWaiting } from '../run/wake.js';
import type { RequestContext } from '../token/principal.js';
import { advanceOffboarding } from './offboarding.js';
import { countLeftovers, leavingEnvironments } from './offboarding-store.js';
import { readProvisioning } from './provisioning-store.js';
import type { Quota, Usage } from './quota-rules.js';
import { countRunsInHand, countUsage, getQuota, saveQuota } from './quota-store.js';
import { assertTenantAction, type TenantAction } from './tenant-state.js';
import {
  getTenant,
  insertTenant,
  listTenants,
  lockTenant,
  saveOffboarding,
  saveTenantStatus,
  updateTenant,
} from './tenant-store.js';
import type {
  ChangeTenant,
  CreateTenant,
  OffboardingProgress,
  ProvisioningStatus,
  StartOffboarding,
  Tenant,
  TenantFilter,
} from './tenant.js';

export interface QuotaUse {
  readonly quota: Quota;
  readonly usage: Usage;
  /** Runs in the hands of workers now. */
  readonly runsAtOnce: number;
  /** A month, by the newest estimates; without what has no price. */
  readonly monthlyCost: number;
}

export interface TenantProvisioning extends ProvisioningStatus {
  /** What the run that waits longest waits for; null = none waits. */
  readonly blockedBy: string | null;
}

/**
 * A token bound to a tenant sees that tenant alone; every other one is `not_found`. What changes a tenant throws
 * `action_not_allowed` in a status that does not allow it.
 */
export interface TenantService {
  list(ctx: RequestContext, filter: TenantFilter, page: PageRequest): Promise<Page<Tenant>>;
  get(ctx: RequestContext, tenantId: string): Promise<Tenant>;
  /** Throws `name_taken` for a slug in use, `forbidden` for a token bound to a tenant. */
  create(ctx: RequestContext, command: CreateTenant): Promise<Tenant>;
  change(ctx: RequestContext, tenantId: string, change: ChangeTenant): Promise<Tenant>;
  /** No new runs; what has begun goes on, and nothing is destroyed. */
  suspend(ctx: RequestContext, tenantId: string): Promise<Tenant>;
  /** Ends a suspension, or an offboarding that is not done. Runs that wait are sent to the queue again. */
  resume(ctx: RequestContext, tenantId: string): Promise<Tenant>;
  /** Throws `deletion_protected` while environments are protected, unless by force. Asked again, it tries again what failed. */
  offboard(ctx: RequestContext, tenantId: string, asked: StartOffboarding): Promise<OffboardingProgress>;
  progress(ctx: RequestContext, tenantId: string): Promise<OffboardingProgress>;
  quota(ctx: RequestContext, tenantId: string): Promise<QuotaUse>;
  setQuota(ctx: RequestContext, tenantId: string, quota: Quota): Promise<QuotaUse>;
  provisioning(ctx: RequestContext, tenantId: string): Promise<TenantProvisioning>;
}

export function createTenantService(db: Db, limits: Pick<Limits, 'accountRunsAtOnce'> = {}): TenantService {
  const get: TenantService['get'] = (ctx, tenantId) => getTenant(db, ctx.principal.tenantId, tenantId);
  const quota: TenantService['quota'] = async (ctx, tenantId) => {
    await get(ctx, tenantId);
    return {
      quota: await getQuota(db, tenantId),
      usage: await countUsage(db, tenantId),
      runsAtOnce: await countRunsInHand(db, tenantId),
      monthlyCost: await tenantCost(db, tenantId),
    };
  };
  const progress: TenantService['progress'] = async (ctx, tenantId) => ({
    tenant: await get(ctx, tenantId),
    ...(await countLeftovers(db, tenantId)),
    remaining: await leavingEnvironments(db, tenantId, 200),
  });
  /** Changes a tenant whose status allows it, under its lock. */
  const locked = (ctx: RequestContext, tenantId: string, action: TenantAction) => async (work: Work) => {
    await inTransaction(db, async (tx) => {
      const tenant = await lockTenant(tx, ctx.principal.tenantId, tenantId);
      assertTenantAction(tenant, action);
      await work(tx, tenant);
    });
    return get(ctx, tenantId);
  };

  return {
    get,
    quota,
    progress,
    list: async ({ principal }, filter, page) => {
      const within = principal.tenantId;
      if (within !== null && filter.tenantId !== undefined && filter.tenantId !== within)
        return { items: [], nextCursor: null };
      return listTenants(db, { ...filter, tenantId: within ?? filter.tenantId }, page);
    },
    create: (ctx, command) => create(db, ctx, command),
    change: (ctx, tenantId, change) =>
      locked(ctx, tenantId, 'change')((tx) => updateTenant(tx, tenantId, change)),
    suspend: (ctx, tenantId) =>
      locked(ctx, tenantId, 'suspend')((tx) => saveTenantStatus(tx, tenantId, 'suspended')),
    resume: (ctx, tenantId) =>
      locked(
        ctx,
        tenantId,
        'resume',
      )(async (tx) => {
        await saveTenantStatus(tx, tenantId, 'active');
        await wakeWaiting(tx, tenantId, { after: newId('event') });
      }),
    offboard: async (ctx, tenantId, asked) => {
      await locked(
        ctx,
        tenantId,
        'offboard',
      )(async (tx, tenant) => {
        await assertMayLeave(tx, tenant, asked);
        const { force, review } = asked;
        const { name: requestedBy, tokenId: requestedById } = ctx.principal;
        await saveOffboarding(tx, tenantId, { requestedBy, requestedById, force, review });
      });
      await advanceOffboarding(db, tenantId);
      return progress(ctx, tenantId);
    },
    setQuota: async (ctx, tenantId, given) => {
      await locked(
        ctx,
        tenantId,
        'change',
      )(async (tx) => {
        await saveQuota(tx, tenantId, given);
        await wakeWaiting(tx, tenantId, { after: newId('event') });
      });
      return quota(ctx, tenantId);
    },
    provisioning: async (ctx, tenantId) => {
      await get(ctx, tenantId);
      const status = await readProvisioning(db, tenantId);
      const { oldestWaiting } = status;
      const blocked = oldestWaiting && (await blockedBy(db, { ...oldestWaiting, tenantId }, limits));
      return { ...status, blockedBy: blocked };
    },
  };
}

type Work = (tx: Parameters<Parameters<typeof inTransaction>[1]>[0], tenant: Tenant) => Promise<void>;

async function create(db: Db, ctx: RequestContext, command: CreateTenant): Promise<Tenant> {
  if (ctx.principal.tenantId !== null)
    throw appError(
      'forbidden',
      `this token is bound to tenant ${ctx.principal.tenantId} and cannot create tenants`,
    );
  const tenant = await insertTenant(db, { tenantId: newId('tenant'), ...command });
  if (tenant === null) throw appError('name_taken', `a tenant with the slug ${command.slug} exists already`);
  return tenant;
}

async function assertMayLeave(
  tx: Parameters<Work>[0],
  { tenantId, slug }: Tenant,
  { confirm, force }: StartOffboarding,
): Promise<void> {
  if (confirm !== slug) {
    const message = `must be the slug of the tenant, ${slug}: all its environments are destroyed`;
    throw appError('invalid_request', `confirm: ${message}`, { errors: [{ path: 'confirm', message }] });
  }
  if (force) return;
  const guarded = (await leavingEnvironments(tx, tenantId, 10_000)).filter((one) => one.deletionProtection);
  if (guarded.length === 0) return;
  const names = guarded.slice(0, 10).map(({ name }) => name);
  const more = guarded.length > names.length ? ` and ${guarded.length - names.length} more` : '';
  throw appError(
    'deletion_protected',
    `${guarded.length} environments of tenant ${tenantId} have deletion protection: ${names.join(', ')}${more}; switch it off, or offboard with force`,
    { extra: { environment_ids: guarded.map(({ environmentId }) => environmentId).slice(0, 100) } },
  );
}
