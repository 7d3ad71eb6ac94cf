/** The only writer of `runs.phases`. */
import type { Queryable, Tx } from '../db/db.js';
import { appendEvent } from '../event/event-store.js';
import { assertWritten } from './lease-fence.js';
import type { Phase } from './phase-rules.js';

export interface PhasedRun {
  readonly runId: string;
  readonly environmentId: string;
  readonly tenantId: string;
  readonly leaseEpoch: number;
}

/** Keeps how long phases took, in place of what was kept of the same ones; each over its budget is a line of the timeline. Throws `lease_lost`. */
export async function savePhases(tx: Tx, run: PhasedRun, phases: readonly Phase[]): Promise<void> {
  const { rowCount } = await tx.query(
    `update runs set phases = coalesce(
       (select jsonb_agg(p order by n) from jsonb_array_elements(phases) with ordinality as kept (p, n)
         where not p ->> 'name' = any($3)), '[]') || $4::jsonb
     where run_id = $1 and lease_epoch = $2`,
    [run.runId, run.leaseEpoch, phases.map(({ name }) => name), JSON.stringify(phases)],
  );
  assertWritten(run, rowCount);
  const { tenantId, environmentId, runId } = run;
  for (const { name, durationMs, budgetMs } of phases.filter(({ over }) => over))
    await appendEvent(tx, {
      tenantId,
      environmentId,
      runId,
      type: 'phase_over_budget',
      message: `the phase ${name} took ${seconds(durationMs)} s; its budget is ${seconds(budgetMs)} s`,
      data: { phase: name, duration_ms: durationMs, budget_ms: budgetMs },
    });
}

const seconds = (ms: number) => String(Math.round(ms / 100) / 10);

/** How long a phase of a blueprint took in the runs of the last thirty days. Seconds. */
export interface PhaseFigures {
  readonly blueprint: string;
  readonly phase: string;
  readonly p50: number;
  readonly p95: number;
  readonly count: number;
  /** How many were over their budget. */
  readonly over: number;
}

export async function phaseFigures(db: Queryable): Promise<PhaseFigures[]> {
  const { rows } = await db.query<PhaseFigures>(
    `with took as (
       select e.blueprint, p ->> 'name' as phase, (p ->> 'durationMs')::float8 / 1000 as s, (p ->> 'over')::boolean as over
       from runs r join environments e using (environment_id) cross join jsonb_array_elements(r.phases) p
       where r.finished_at > now() - interval '30 days')
     select blueprint, phase, percentile_cont(0.5) within group (order by s) as p50,
            percentile_cont(0.95) within group (order by s) as p95, count(*)::int as count,
            (count(*) filter (where over))::int as over
     from took group by 1, 2 order by 1, 2`,
  );
  return rows;
}
