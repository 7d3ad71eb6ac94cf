import { z } from 'zod';
import { environmentStatuses } from '../../src/environment/environment-state.js';
import { runKinds, runStatuses } from '../../src/run/run-state.js';
import { tidy, type Quota } from '../../src/tenant/quota-rules.js';
import { allowedTenantActions, tenantStatuses } from '../../src/tenant/tenant-state.js';
import type { QuotaUse, TenantProvisioning } from '../../src/tenant/tenant-service.js';
import type {
  ChangeTenant,
  LeavingEnvironment,
  OffboardingProgress,
  Tenant,
  WaitingRun,
} from '../../src/tenant/tenant.js';
import { anId, dnsLabel, iso, isoOrNull, pageOf, pageQuery, recordedError, time } from './common.js';

export const tenantParams = z.strictObject({ tenant_id: anId('`ten_...`') });

export const tenantQuery = z.strictObject({
  ...pageQuery(200, 50),
  slug: z.string().max(30).optional(),
  status: z.enum(tenantStatuses).optional().describe('offboarded tenants are listed only when asked for'),
});

const tenantName = z.string().trim().min(1).max(100);
const maxEnvironments = z.int().min(0).max(1_000_000).nullable();

export const createTenant = z
  .strictObject({
    name: tenantName,
    slug: dnsLabel(30).describe('part of generated names; never changes'),
    max_environments: maxEnvironments.default(null).describe('`environments` of its quota'),
  })
  .meta({ id: 'CreateTenant' });

export const tenant = z
  .strictObject({
    tenant_id: z.string(),
    name: z.string(),
    slug: z.string(),
    status: z.enum(tenantStatuses),
    max_environments: z.int().nullable().describe('`environments` of its quota'),
    allowed_actions: z.array(z.string()),
    created_at: time,
    offboarded_at: time.nullable(),
  })
  .meta({ id: 'Tenant' });

export const tenantPage = pageOf('TenantPage', tenant);

export function tenantView(one: Tenant): z.input<typeof tenant> {
  return {
    tenant_id: one.tenantId,
    name: one.name,
    slug: one.slug,
    status: one.status,
    max_environments: one.maxEnvironments,
    allowed_actions: allowedTenantActions(one.status),
    created_at: iso(one.createdAt),
    offboarded_at: isoOrNull(one.offboardedAt),
  };
}

export const changeTenant = z
  .strictObject({ name: tenantName.optional(), max_environments: maxEnvironments.optional() })
  .refine((change) => Object.keys(change).length > 0, { error: 'must name something to change' })
  .meta({ id: 'ChangeTenant' });

export function changeOf(body: z.output<typeof changeTenant>): ChangeTenant {
  return { name: body.name, maxEnvironments: body.max_environments };
}

const amount = z.number().min(0).max(1e9).nullable().default(null);
const count = z.int().min(0).max(1_000_000).nullable().default(null);
const limits = {
  environments: count.describe('that are not destroyed'),
  cpu_cores: amount,
  memory_gb: amount.describe('GB of 2^30 bytes'),
  storage_gb: amount.describe('GB of 2^30 bytes'),
  gpu: count,
  runs_at_once: z
    .int()
    .min(1)
    .max(10_000)
    .nullable()
    .default(null)
    .describe('runs in the hands of workers at the same time; others wait'),
  monthly_cost: amount.describe('held against the estimates of plans, see docs/cost.md'),
};

const weight = z
  .int()
  .min(1)
  .max(100)
  .describe('share of the workers where runs of several tenants wait; see docs/fairness.md');

export const putQuota = z
  .strictObject({ ...limits, weight: weight.default(1) })
  .meta({ id: 'PutQuota', description: 'null or left out = no limit' });

const told = z.number().nullable();
const amounts = {
  environments: told,
  cpu_cores: told,
  memory_gb: told,
  storage_gb: told,
  gpu: told,
  runs_at_once: told,
  monthly_cost: told,
};

export const quota = z
  .strictObject({
    tenant_id: z.string(),
    weight,
    limits: z.strictObject(amounts).describe('null = no limit'),
    usage: z
      .strictObject(amounts)
      .describe(
        'by the current revisions of environments that are not destroyed; monthly_cost by their newest estimates, without what has no price',
      ),
  })
  .meta({ id: 'Quota' });

export function quotaOf(body: z.output<typeof putQuota>): Quota {
  return {
    environments: body.environments,
    cpuCores: body.cpu_cores,
    memoryGb: body.memory_gb,
    storageGb: body.storage_gb,
    gpu: body.gpu,
    runsAtOnce: body.runs_at_once,
    monthlyCost: body.monthly_cost,
    weight: body.weight,
  };
}

export function quotaView(tenantId: string, use: QuotaUse): z.input<typeof quota> {
  const usage = { ...use.usage, runsAtOnce: use.runsAtOnce, monthlyCost: use.monthlyCost };
  const { weight } = use.quota;
  return { tenant_id: tenantId, weight, limits: amountsView(use.quota), usage: amountsView(usage) };
}

function amountsView(of: Omit<Quota, 'weight'>) {
  const value = (given: number | null) => given && tidy(given);
  return {
    environments: of.environments,
    cpu_cores: value(of.cpuCores),
    memory_gb: value(of.memoryGb),
    storage_gb: value(of.storageGb),
    gpu: of.gpu,
    runs_at_once: of.runsAtOnce,
    monthly_cost: value(of.monthlyCost),
  };
}

export const offboardBody = z
  .strictObject({
    confirm: z.string().max(30).describe('the slug of the tenant, typed: all its environments are destroyed'),
    force: z.boolean().default(false).describe('destroy environments with deletion protection too'),
    review: z
      .enum(['required', 'auto'])
      .nullable()
      .default(null)
      .describe('of the destroy runs; null = as each environment says'),
  })
  .meta({ id: 'Offboard' });

const leaving = z.strictObject({
  environment_id: z.string(),
  name: z.string(),
  status: z.enum(environmentStatuses),
  deletion_protection: z.boolean(),
  run_id: z.string().nullable(),
  run_kind: z.enum(runKinds).nullable(),
  run_status: z.enum(runStatuses).nullable(),
  error: recordedError.nullable(),
});

export const offboarding = z
  .strictObject({
    tenant_id: z.string(),
    status: z.enum(tenantStatuses),
    requested_at: time.nullable().describe('null = nobody asked for it'),
    requested_by: z.string().nullable(),
    force: z.boolean(),
    review: z.enum(['required', 'auto']).nullable(),
    environments: z.strictObject({ destroyed: z.int(), remaining: z.int() }),
    resources: z.int().describe('in the last states of all environments; 0 proves that all is gone'),
    remaining: z.array(leaving).describe('the oldest 200'),
    offboarded_at: time.nullable(),
  })
  .meta({ id: 'Offboarding' });

export function offboardingView(one: OffboardingProgress): z.input<typeof offboarding> {
  const { tenantId, status, offboarding: asked, offboardedAt } = one.tenant;
  return {
    tenant_id: tenantId,
    status,
    requested_at: isoOrNull(asked?.requestedAt ?? null),
    requested_by: asked?.requestedBy ?? null,
    force: asked?.force ?? false,
    review: asked?.review ?? null,
    environments: { destroyed: one.destroyed, remaining: one.left },
    resources: one.resources,
    remaining: one.remaining.map(leavingView),
    offboarded_at: isoOrNull(offboardedAt),
  };
}

function leavingView(one: LeavingEnvironment): z.input<typeof leaving> {
  return {
    environment_id: one.environmentId,
    name: one.name,
    status: one.status,
    deletion_protection: one.deletionProtection,
    run_id: one.runId,
    run_kind: one.runKind,
    run_status: one.runStatus,
    error: one.error,
  };
}

const waiting = z.strictObject({
  run_id: z.string(),
  environment_id: z.string(),
  environment_name: z.string(),
  kind: z.enum(runKinds),
  status: z.enum(runStatuses),
  created_at: time,
});

export const provisioning = z
  .strictObject({
    tenant_id: z.string(),
    environments: z.record(z.string(), z.int()).describe('how many are in each status'),
    runs: z.record(z.string(), z.int()).describe('unfinished ones, by status'),
    oldest_waiting_run: waiting
      .extend({ blocked_by: z.string().nullable().describe('what it waits for') })
      .nullable(),
    last_failures: z
      .array(waiting.extend({ finished_at: time, error: recordedError.nullable() }))
      .describe('the last five runs that failed or were rolled back, newest first'),
  })
  .meta({ id: 'ProvisioningStatus' });

export function provisioningView(tenantId: string, one: TenantProvisioning): z.input<typeof provisioning> {
  const { oldestWaiting } = one;
  return {
    tenant_id: tenantId,
    environments: { ...one.environments },
    runs: { ...one.runs },
    oldest_waiting_run: oldestWaiting && { ...runView(oldestWaiting), blocked_by: one.blockedBy },
    last_failures: one.lastFailures.map((run) => ({
      ...runView(run),
      finished_at: iso(run.finishedAt),
      error: run.error,
    })),
  };
}

function runView(run: WaitingRun) {
  return {
    run_id: run.runId,
    environment_id: run.environmentId,
    environment_name: run.environmentName,
    kind: run.kind,
    status: run.status,
    created_at: iso(run.createdAt),
  };
}
