import { z } from 'zod';
import type { Health } from '../../src/environment/environment.js';
import type { HealthCheck } from '../../src/health/health-store.js';
import { iso, isoOrNull, pageQuery, time } from './common.js';

const overall = z.enum(['healthy', 'degraded', 'unhealthy']);

export const healthCheckSeconds = z
  .int()
  .min(0)
  .max(86_400)
  .refine((seconds) => seconds === 0 || seconds >= 30, { error: 'must be 0, or at least 30' })
  .nullable()
  .describe(
    'seconds from one health check to the next, 30 at least; null = by HEALTH_CHECK_INTERVAL, 0 = only when asked for',
  );

const component = z
  .strictObject({
    status: z
      .enum(['healthy', 'degraded', 'unhealthy', 'unknown'])
      .describe('`unknown` = out of reach from here'),
    message: z.string(),
    latency_ms: z.int().nullable().describe('how long it took to answer; null where nothing was asked'),
  })
  .meta({ id: 'ComponentHealth' });

export const health = z
  .strictObject({ overall, checked_at: time, components: z.record(z.string(), component) })
  .meta({ id: 'EnvironmentHealth' });

export function healthView({ overall, checkedAt, components }: Health): z.input<typeof health> {
  return { overall, checked_at: checkedAt, components: componentsView(components) };
}

function componentsView(components: Health['components']) {
  return Object.fromEntries(
    Object.entries(components).map(([name, { status, message, latencyMs }]) => [
      name,
      { status, message, latency_ms: latencyMs ?? null },
    ]),
  );
}

export const healthQuery = z.strictObject(pageQuery(200, 50));

export const healthCheck = z
  .strictObject({
    health_check_id: z.string(),
    environment_id: z.string(),
    run_id: z.string().nullable().describe('the run at whose end it was made'),
    trigger: z.enum(['run', 'request', 'schedule']),
    requested_by: z.string().nullable().describe('null = Terrace itself'),
    status: z.enum(['queued', 'running', 'done']),
    overall: overall.nullable(),
    components: z.record(z.string(), component),
    error: z.string().nullable().describe('why nothing could be found out'),
    requested_at: time,
    started_at: time.nullable(),
    finished_at: time.nullable(),
  })
  .meta({ id: 'HealthCheck' });

export function healthCheckView(one: HealthCheck): z.input<typeof healthCheck> {
  const begun = one.startedAt === null ? ('queued' as const) : ('running' as const);
  return {
    health_check_id: one.healthCheckId,
    environment_id: one.environmentId,
    run_id: one.runId,
    trigger: one.trigger,
    requested_by: one.requestedBy,
    status: one.finishedAt === null ? begun : 'done',
    overall: one.overall,
    components: componentsView(one.components),
    error: one.error,
    requested_at: iso(one.requestedAt),
    started_at: isoOrNull(one.startedAt),
    finished_at: isoOrNull(one.finishedAt),
  };
}

export const healthHistory = z
  .strictObject({
    environment_id: z.string(),
    health: health.nullable().describe('what the last check found; null before the first'),
    items: z.array(healthCheck).describe('the checks, newest first'),
    next_cursor: z.string().nullable().describe('null on the last page'),
  })
  .meta({ id: 'HealthHistory' });
