/** The page that the bench writes: what was measured, against what goal, on what machine. */
import type { ProcessMemory } from './memory.js';
import { median } from './statistics.js';

export interface Row {
  readonly what: string;
  readonly terrace: string;
  readonly bare: string;
  readonly result: string;
  readonly goal: string;
}

export interface StepMedian {
  readonly name: string;
  readonly ms: number;
}

export interface MemoryRow {
  readonly when: string;
  readonly kinds: readonly ProcessMemory[];
}

export interface Report {
  /** Such as `2026-11-21`. */
  readonly date: string;
  readonly machine: string;
  readonly load: { readonly before: number; readonly after: number };
  readonly rows: readonly Row[];
  readonly terraceSteps: readonly StepMedian[];
  readonly bareSteps: readonly StepMedian[];
  readonly memory: readonly MemoryRow[];
  readonly resources: number;
  readonly rounds: number;
}

/** The median of each step over several runs; short ones are one line. */
export function stepMedians(runs: readonly (readonly StepMedian[])[], shortMs = 2.5): readonly StepMedian[] {
  const names = [...new Set(runs.flatMap((steps) => steps.map(({ name }) => name)))];
  const all = names.map((name) => ({
    name,
    ms: median(runs.map((steps) => steps.find((step) => step.name === name)?.ms ?? 0)),
  }));
  const short = all.filter(({ ms }) => ms < shortMs);
  const rest = { name: `${short.length} shorter ones`, ms: short.reduce((sum, { ms }) => sum + ms, 0) };
  return [...all.filter(({ ms }) => ms >= shortMs), ...(short.length === 0 ? [] : [rest])];
}

/** The goal, and whether the value holds it. */
export function goal(
  value: number,
  limit: { readonly atMost?: number; readonly atLeast?: number },
  unit = '',
) {
  const { atMost = Infinity, atLeast = -Infinity } = limit;
  const text = atMost === Infinity ? `≥ ${atLeast}` : `≤ ${atMost}`;
  const verdict = value <= atMost && value >= atLeast ? 'met' : '**missed**';
  return `${text}${unit === '' ? '' : ` ${unit}`}: ${verdict}`;
}

export const inMs = (ms: number) => `${ms < 20 ? ms.toFixed(1) : Math.round(ms)} ms`;
export const inSeconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** What was measured, without a comparison. */
export const renderRows = (rows: readonly Row[]) =>
  table(
    ['what', 'result', 'goal'],
    rows.map(({ what, result, goal: aim }) => [what, result, aim]),
  );

const stepRows = (steps: readonly StepMedian[]) => steps.map(({ name, ms }) => [name, inMs(ms)]);

function memoryCells({ when, kinds }: MemoryRow): string[] {
  const sum = (of: (kind: ProcessMemory) => number | null) =>
    kinds.reduce<number | null>((total, kind) => {
      const own = of(kind);
      return total === null || own === null ? null : total + own;
    }, 0);
  const mb = (value: number | null) =>
    value === null || kinds.length === 0 ? 'not told here' : `${Math.round(value)} MB`;
  const parts = kinds.map(
    ({ kind, processes, pssMb, rssMb }) =>
      `${kind}${processes > 1 ? ` (${processes})` : ''} ${Math.round(pssMb ?? rssMb)}`,
  );
  return [when, mb(sum(({ pssMb }) => pssMb)), mb(sum(({ rssMb }) => rssMb)), parts.join(', ')];
}

/** The tables alone, as the terminal shows them. */
export function renderTables(report: Report): string {
  const rows = report.rows.map(({ what, terrace, bare, result, goal: wanted }) => [
    what,
    terrace,
    bare,
    result,
    wanted,
  ]);
  return [
    table(['what', 'Terrace', 'bare terraform', 'result', 'goal'], rows),
    `## Idle memory\n\n${table(['processes', 'PSS', 'RSS', 'PSS of each, MB'], report.memory.map(memoryCells))}`,
    `## Where the time goes\n\nMedians of each step, from POST to ready:\n\n${table(['Terrace', 'time'], stepRows(report.terraceSteps))}`,
    table(['bare terraform', 'time'], stepRows(report.bareSteps)),
  ].join('\n\n');
}

/** The whole page. */
export function renderPage(report: Report): string {
  const { date, machine, load, rounds, resources } = report;
  return `# Speed and memory

Written by \`make bench\` on ${date}: ${machine}. Load average ${load.before.toFixed(1)} before, ${load.after.toFixed(1)} after.

${renderTables(report)}

## How to read it

- Both sides make the blueprint's example, ${resources} resources, with the same terraform, from stacks of the same generator, on sandbox providers of the same code. The time of a real cloud comes on top on both sides alike; what is compared here is the machinery around it.
- **Bare terraform** is \`terraform init\`, \`plan -out\`, \`apply\` of that plan, with the stack already generated and a state server that keeps states in memory, in clear, without real locks. **Terrace** is \`npm start\` in a process of its own, asked over HTTP with \`review: auto\`: it also authenticates, stores the request, queues it, generates the stack, renders the plan as JSON and text, masks, judges, seals and stores it, keeps a journal and a log, seals each state, checks health. It prepares \`init\` once and reuses it.
- Times are medians of ${rounds} rounds in which the sides take turns, after a warm-up of both; the client polls every 25 ms, which is in Terrace's time. In the throughput line both sides work on four environments at a time.
- A ratio is worth more than its two times: both were taken within seconds on the same machine. With two cores and other work on the machine, differences of a tenth mean nothing.
- PSS divides memory shared among processes by the number of sharers (node's own program is shared with the bench itself); RSS counts it in each.
- Steps are those of \`timings\` in \`GET /api/v1/runs/{run_id}\`; "before" a step lies what is between it and the one before: the queue, a transition, the start of a process.
`;
}
