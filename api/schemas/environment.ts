import { z } from 'zod';
import { allowedEnvironmentActions, environmentStatuses } from '../../src/environment/environment-state.js';
import type {
  ChangeEnvironment,
  CreateEnvironment,
  Environment,
  TimelineEvent,
} from '../../src/environment/environment.js';
import type { Revision } from '../../src/environment/revision-store.js';
import type { Run } from '../../src/run/run.js';
import { runStatuses } from '../../src/run/run-state.js';
import { anId, dnsLabel, iso, isoOrNull, pageOf, pageQuery, recordedError, time } from './common.js';
import { drift, driftCheckHours, driftIgnore, driftIgnoreRule, driftView } from './drift.js';
import { health, healthCheckSeconds, healthView } from './health.js';
import { stateDiverged, stateRestored } from './state-version.js';

const labelKey = z.string().regex(/^[a-z0-9A-Z]([a-zA-Z0-9._-]{0,61}[a-zA-Z0-9])?$/, {
  error: 'must be 1 to 63 letters, digits, ., _ and -, beginning and ending with a letter or digit',
});
const labelValue = z.string().regex(/^([a-zA-Z0-9]([a-zA-Z0-9._-]{0,61}[a-zA-Z0-9])?)?$/, {
  error: 'must be at most 63 letters, digits, ., _ and -, beginning and ending with a letter or digit',
});

export const createEnvironment = z
  .strictObject({
    name: dnsLabel(40).describe('unique among the live environments of the tenant'),
    tenant_id: anId('not needed with a token that is bound to a tenant').optional(),
    account_id: anId('the cloud account to build in'),
    region: z.string().min(1).max(40),
    blueprint: z.string().min(1).max(80).describe('`name@version`, or `name` for the newest'),
    spec: z.record(z.string(), z.unknown()).default({}).describe('by the JSON Schema of the blueprint'),
    review: z
      .enum(['required', 'auto'])
      .default('required')
      .describe('`auto` applies a plan without a person'),
    rollback_on_failure: z.boolean().default(true),
    deletion_protection: z.boolean().default(false),
    ttl_hours: z.int().min(1).max(87_600).nullable().default(null),
    health_check_seconds: healthCheckSeconds.default(null),
    drift_check_hours: driftCheckHours.default(null),
    drift_ignore: driftIgnore.default([]),
    labels: z
      .record(labelKey, labelValue)
      .refine((labels) => Object.keys(labels).length <= 32, { error: 'must be at most 32 labels' })
      .default({}),
  })
  .meta({ id: 'CreateEnvironment' });

export function createCommand(body: z.output<typeof createEnvironment>, tenantId: string): CreateEnvironment {
  return {
    name: body.name,
    tenantId,
    accountId: body.account_id,
    region: body.region,
    blueprint: body.blueprint,
    spec: body.spec,
    review: body.review,
    rollbackOnFailure: body.rollback_on_failure,
    deletionProtection: body.deletion_protection,
    ttlHours: body.ttl_hours,
    healthCheckSeconds: body.health_check_seconds,
    driftCheckHours: body.drift_check_hours,
    driftIgnore: body.drift_ignore,
    labels: body.labels,
  };
}

export const changeEnvironment = z
  .strictObject({
    spec: z
      .record(z.string(), z.unknown())
      .optional()
      .describe('merged into the spec of the newest revision (RFC 7396: null removes a field)'),
    spec_mode: z
      .enum(['merge', 'replace'])
      .default('merge')
      .describe('`replace`: `spec` is the whole new spec'),
    review: createEnvironment.shape.review.unwrap().optional(),
    rollback_on_failure: z.boolean().optional(),
    deletion_protection: z.boolean().optional(),
    ttl_hours: z.int().min(1).max(87_600).nullable().optional().describe('from now on; null = no end'),
    health_check_seconds: healthCheckSeconds.optional(),
    drift_check_hours: driftCheckHours.optional(),
    drift_ignore: driftIgnore.optional().describe('takes the place of the former list'),
    labels: z.record(labelKey, labelValue.nullable()).optional().describe('merged; null removes a label'),
  })
  .refine((body) => Object.keys(body).some((name) => name !== 'spec_mode'), {
    error: 'names nothing to change: send spec, labels, review or another setting',
  })
  .meta({ id: 'ChangeEnvironment' });

export function changeCommand(
  body: z.output<typeof changeEnvironment>,
  ifMatch: string | undefined,
): ChangeEnvironment {
  return {
    ifMatch,
    spec: body.spec,
    specMode: body.spec_mode,
    review: body.review,
    rollbackOnFailure: body.rollback_on_failure,
    deletionProtection: body.deletion_protection,
    ttlHours: body.ttl_hours,
    healthCheckSeconds: body.health_check_seconds,
    driftCheckHours: body.drift_check_hours,
    driftIgnore: body.drift_ignore,
    labels: body.labels,
  };
}

export const rollbackBody = z
  .strictObject({ revision: z.int().min(1).max(2_147_483_647).describe('an earlier revision') })
  .meta({ id: 'Rollback' });

export const extendBody = z
  .strictObject({
    ttl_hours: z.int().min(1).max(87_600).describe('hours to add; from now on, if its time is over already'),
  })
  .meta({ id: 'Extend' });

export const environmentParams = z.strictObject({ environment_id: anId('`env_...`') });

export const environmentQuery = z.strictObject({
  ...pageQuery(200, 50),
  tenant_id: anId('of this tenant').optional(),
  status: z.enum(environmentStatuses).optional(),
  label: z
    .string()
    .regex(/^[^=]{1,63}=[^=]{0,63}$/, { error: 'must be key=value' })
    .optional()
    .describe('`key=value`'),
  q: z.string().max(40).optional().describe('part of the name'),
});

export const environment = z
  .strictObject({
    environment_id: z.string(),
    tenant_id: z.string(),
    account_id: z.string(),
    name: z.string(),
    region: z.string(),
    blueprint: z.string(),
    status: z.enum(environmentStatuses),
    health: health.nullable(),
    drift: drift.nullable().describe('null before the first check'),
    state_restored: stateRestored
      .nullable()
      .describe('a former state was put back, and nothing applied since'),
    state_diverged: stateDiverged
      .nullable()
      .describe('the state is no ground to plan on: no run starts until it is repaired'),
    outputs: z.record(z.string(), z.unknown()).describe('those that are not sensitive'),
    endpoint_url: z.string().nullable(),
    revision: z.int().describe('the newest one'),
    applied_revision: z.int().nullable().describe('the one last applied; null before the first'),
    current_run_id: z.string().nullable(),
    allowed_actions: z.array(z.string()),
    error: recordedError.nullable(),
    labels: z.record(z.string(), z.string()),
    review: z.enum(['required', 'auto']),
    rollback_on_failure: z.boolean(),
    deletion_protection: z.boolean(),
    ttl_hours: z.int().nullable(),
    health_check_seconds: healthCheckSeconds,
    drift_check_hours: driftCheckHours,
    drift_ignore: z.array(driftIgnoreRule),
    expires_at: time.nullable(),
    created_at: time,
    updated_at: time,
    destroyed_at: time.nullable(),
  })
  .meta({ id: 'Environment' });

export const environmentPage = pageOf('EnvironmentPage', environment);

export function environmentView(one: Environment): z.input<typeof environment> {
  const { outputs, status } = one;
  const endpointUrl = outputs['endpoint_url'];
  return {
    environment_id: one.environmentId,
    tenant_id: one.tenantId,
    account_id: one.accountId,
    name: one.name,
    region: one.region,
    blueprint: one.blueprint,
    status,
    health: one.health && healthView(one.health),
    drift: one.drift && driftView(one.drift),
    state_restored: one.stateRestored,
    state_diverged: one.stateDiverged,
    outputs,
    endpoint_url: typeof endpointUrl === 'string' ? endpointUrl : null,
    revision: one.revision,
    applied_revision: one.appliedRevision,
    current_run_id: one.currentRunId,
    allowed_actions: allowedEnvironmentActions(status, one.stateDiverged !== null),
    error: one.error,
    labels: one.labels,
    review: one.review,
    rollback_on_failure: one.rollbackOnFailure,
    deletion_protection: one.deletionProtection,
    ttl_hours: one.ttlHours,
    health_check_seconds: one.healthCheckSeconds,
    drift_check_hours: one.driftCheckHours,
    drift_ignore: one.driftIgnore.map((rule) => ({ ...rule, attributes: [...rule.attributes] })),
    expires_at: isoOrNull(one.expiresAt),
    created_at: iso(one.createdAt),
    updated_at: iso(one.updatedAt),
    destroyed_at: isoOrNull(one.destroyedAt),
  };
}

/** The environment with the run that was started on it. */
export const requested = environment
  .extend({ run_id: z.string(), run_status: z.enum(runStatuses) })
  .meta({ id: 'RequestedEnvironment' });

export function requestedView(one: Environment, run: Run): z.input<typeof requested> {
  return { ...environmentView(one), run_id: run.runId, run_status: run.status };
}

/** The environment after a change, with the run if there has to be one. */
export const changed = environment
  .extend({ run_id: z.string().nullable(), run_status: z.enum(runStatuses).nullable() })
  .meta({ id: 'ChangedEnvironment' });

export function changedView(one: Environment, run: Run | null): z.input<typeof changed> {
  return { ...environmentView(one), run_id: run?.runId ?? null, run_status: run?.status ?? null };
}

export const revisionParams = z.strictObject({
  ...environmentParams.shape,
  revision: z.coerce.number().int().min(1).max(2_147_483_647),
});
export const revisionQuery = z.strictObject(pageQuery(200, 50));

export const revision = z
  .strictObject({
    revision: z.int(),
    environment_id: z.string(),
    blueprint: z.string(),
    spec: z.unknown(),
    copy_of: z.int().nullable().describe('the earlier revision that a rollback went back to'),
    created_by: z.string(),
    created_at: time,
  })
  .meta({ id: 'Revision' });

export const revisionPage = pageOf('RevisionPage', revision);

export function revisionView(one: Revision): z.input<typeof revision> {
  return {
    revision: one.number,
    environment_id: one.environmentId,
    blueprint: one.blueprint,
    spec: one.spec,
    copy_of: one.copyOf,
    created_by: one.createdBy,
    created_at: iso(one.createdAt),
  };
}

export const outputs = z
  .strictObject({
    outputs: z.record(z.string(), z.unknown()),
    sensitive: z.record(z.string(), z.unknown()).nullable().describe('null without the right to read them'),
  })
  .meta({ id: 'Outputs' });

export const eventQuery = z.strictObject(pageQuery(1000, 200));

export const event = z
  .strictObject({
    event_id: z.string(),
    sequence: z.int().describe('rises; the `id:` of the event stream'),
    environment_id: z.string().nullable(),
    run_id: z.string().nullable(),
    type: z.string(),
    message: z.string(),
    data: z.record(z.string(), z.unknown()),
    created_at: time,
  })
  .meta({ id: 'Event' });

export const eventPage = pageOf('EventPage', event);

export function eventView(one: TimelineEvent): z.input<typeof event> {
  return {
    event_id: one.eventId,
    sequence: Number(one.sequence),
    environment_id: one.environmentId,
    run_id: one.runId,
    type: one.type,
    message: one.message,
    data: one.data,
    created_at: iso(one.createdAt),
  };
}
