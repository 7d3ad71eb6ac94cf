import { Gauge, type Registry } from 'prom-client';
import type { Db } from '../src/db/db.js';
import { phaseFigures } from '../src/run/phase-store.js';

/** Adds what the phases of runs took; the function brings it up to date. */
export function phaseMetrics(db: Db, registry: Registry): () => Promise<void> {
  const registers = [registry];
  const took = new Gauge({
    name: 'provisioning_phase_duration_seconds',
    help: 'how long a phase took, by blueprint, in the runs of the last 30 days: median and 95th percentile',
    labelNames: ['blueprint', 'phase', 'quantile'],
    registers,
  });
  const runs = new Gauge({
    name: 'provisioning_phase_runs',
    help: 'runs of the last 30 days that these are of',
    labelNames: ['blueprint', 'phase'],
    registers,
  });
  const over = new Gauge({
    name: 'provisioning_phase_over_budget',
    help: 'how many of them were over the budget of the phase',
    labelNames: ['blueprint', 'phase'],
    registers,
  });
  return async () => {
    const figures = await phaseFigures(db);
    for (const gauge of [took, runs, over]) gauge.reset();
    for (const { blueprint, phase, p50, p95, count, over: overBudget } of figures) {
      took.set({ blueprint, phase, quantile: '0.5' }, p50);
      took.set({ blueprint, phase, quantile: '0.95' }, p95);
      runs.set({ blueprint, phase }, count);
      over.set({ blueprint, phase }, overBudget);
    }
  };
}
