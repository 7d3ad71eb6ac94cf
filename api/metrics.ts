import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { Db } from '../src/db/db.js';
import { countEnvironments, countFailures, createDurations } from '../src/metrics/metrics-store.js';
import { countDrift } from '../src/drift/drift-store.js';
import { countHealth } from '../src/health/health-store.js';
import { readMemoryWaits } from '../src/run/memory-wait-store.js';
import { phaseMetrics } from './phase-metrics.js';

export interface Metrics {
  /** One answered request; `endpoint` is the path of its route, never the path that was sent. */
  observe(request: { method: string; endpoint: string; status: number; seconds: number }): void;
  readonly contentType: string;
  /** In Prometheus text form; counts of environments and runs come from the database at this moment. */
  text(): Promise<string>;
}

export interface MetricsProps {
  readonly db: Db;
  /** Jobs that wait in the queue. */
  queueDepth(): Promise<number>;
}

const bounds = [1, 2, 5, 10, 30, 60, 120, 240, 600, 1200, 1800, 3600];

export function createMetrics({ db, queueDepth }: MetricsProps): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const requests = new Counter({
    name: 'api_requests_total',
    help: 'answered requests',
    labelNames: ['method', 'endpoint', 'status'],
    registers,
  });
  const durations = new Histogram({
    name: 'api_request_duration_seconds',
    help: 'time to answer',
    labelNames: ['method', 'endpoint'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers,
  });
  const refresh = fromDatabase(db, registry);
  const refreshPhases = phaseMetrics(db, registry);
  const queueLength = new Gauge({
    name: 'provisioning_queue_length',
    help: 'jobs that wait in the queue',
    registers,
  });
  return {
    observe: ({ method, endpoint, status, seconds }) => {
      requests.inc({ method, endpoint, status: String(status) });
      durations.observe({ method, endpoint }, seconds);
    },
    contentType: registry.contentType,
    text: async () => {
      const depth = await queueDepth().catch(() => null);
      if (depth === null) queueLength.remove();
      else queueLength.set(depth);
      const histogram = await durationText(db);
      await Promise.all([refresh(), refreshPhases()]);
      return `${await registry.metrics()}${histogram}`;
    },
  };
}

/** Metrics that tell what the database knows; the function brings them up to date. */
function fromDatabase(db: Db, registry: Registry): () => Promise<void> {
  const registers = [registry];
  const total = new Gauge({
    name: 'provisioning_environments_total',
    help: 'environments by status',
    labelNames: ['status'],
    registers,
  });
  const createdAt = new Gauge({
    name: 'provisioning_environment_created_at',
    help: 'when the oldest environment of each status was made, in Unix seconds',
    labelNames: ['status'],
    registers,
  });
  const health = new Gauge({
    name: 'provisioning_environments_by_health',
    help: 'ready environments by what the last health check found',
    labelNames: ['overall'],
    registers,
  });
  const drift = new Gauge({
    name: 'provisioning_environments_by_drift',
    help: 'ready environments by what the last drift check found',
    labelNames: ['status'],
    registers,
  });
  const errors = new Counter({
    name: 'provisioning_errors_total',
    help: 'failed runs by cloud and region',
    labelNames: ['cloud', 'region'],
    registers,
  });
  const memoryWaits = new Counter({
    name: 'provisioning_memory_waits_total',
    help: 'how often a worker with a free slot had no memory for another terraform',
    registers,
  });
  const memorySeconds = new Counter({
    name: 'provisioning_memory_wait_seconds_total',
    help: 'how long workers with a free slot had no memory for another terraform',
    registers,
  });
  return async () => {
    const [counts, failures, healths, drifts, memory] = await Promise.all([
      countEnvironments(db),
      countFailures(db),
      countHealth(db),
      countDrift(db),
      readMemoryWaits(db),
    ]);
    for (const metric of [total, createdAt, health, drift, errors, memoryWaits, memorySeconds])
      metric.reset();
    memoryWaits.inc(memory.waits);
    memorySeconds.inc(memory.seconds);
    for (const { overall, count } of healths) health.set({ overall }, count);
    for (const { status, count } of drifts) drift.set({ status }, count);
    for (const { status, count, oldestCreatedAt } of counts) {
      total.set({ status }, count);
      createdAt.set({ status }, oldestCreatedAt);
    }
    for (const { cloud, region, count } of failures) errors.inc({ cloud, region }, count);
  };
}

/** A histogram whose truth is in the database: every API process tells the same. */
async function durationText(db: Db): Promise<string> {
  const name = 'provisioning_duration_seconds';
  const { counts, count, sum } = await createDurations(db, bounds);
  const lines = bounds.map((bound, index) => `${name}_bucket{le="${bound}"} ${counts[index] ?? 0}`);
  return [
    `# HELP ${name} time from start to end of successful creates, review included`,
    `# TYPE ${name} histogram`,
    ...lines,
    `${name}_bucket{le="+Inf"} ${count}`,
    `${name}_sum ${sum}`,
    `${name}_count ${count}`,
    '',
  ].join('\n');
}
