/** A drift check of an environment that nobody touched: its time, and how many processes it takes. */
import { setTimeout as delay } from 'node:timers/promises';
import type { RunDetailAnswer } from '../../api/client.js';
import { goal, inMs, type Row } from '../bench/report.js';
import { median } from '../bench/statistics.js';
import type { Caller } from './bench-product.js';

const rounds = 7;
const pollMs = 25;
/** Each is one start of terraform. */
const terraformSteps = new Set(['refresh', 'show', 'plan', 'apply']);

export async function measureDrift({ client, provision }: Caller): Promise<Row> {
  const { runId } = await provision();
  const { environment_id: id } = await client.get<RunDetailAnswer>(`/api/v1/runs/${runId}`);
  const times: number[] = [];
  let processes = 0;
  for (let i = 0; i <= rounds; i++) {
    const started = performance.now();
    const asked = await client.post<{ run_id: string }>(`/api/v1/environments/${id}/drift-check`, {});
    let run = await client.get<RunDetailAnswer>(`/api/v1/runs/${asked.run_id}`);
    for (; run.finished_at === null; run = await client.get(`/api/v1/runs/${asked.run_id}`))
      await delay(pollMs);
    if (run.status !== 'succeeded') throw new Error(run.error?.message ?? `the drift check is ${run.status}`);
    // The first one warms up.
    if (i > 0) times.push(performance.now() - started);
    processes = Math.max(processes, run.timings.filter(({ step }) => terraformSteps.has(step)).length);
  }
  return {
    what: 'a drift check of an unchanged environment, starts of terraform',
    terrace: inMs(median(times)),
    bare: '',
    result: String(processes),
    goal: goal(processes, { atMost: 1 }),
  };
}
