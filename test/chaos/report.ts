/** The table of docs/chaos.md. */
import type { Undisturbed, Played } from './play.js';
import { boundaries, faults, meets } from './matrix.js';

export interface Report {
  readonly played: readonly Played[];
  readonly undisturbed: readonly Undisturbed[];
  /** What was wrong with the whole when all was over: queue, audit chain. */
  readonly atTheEnd: readonly string[];
  readonly date: string;
  readonly machine: string;
}

export function reportText({ played, undisturbed, atTheEnd, date, machine }: Report): string {
  const most = Math.max(...undisturbed.map(({ createMs }) => createMs));
  const rows = boundaries.map((boundary) => [
    boundary.name,
    ...faults.map((fault) => {
      if (!meets(boundary, fault)) return 'none';
      const these = played.filter((one) => one.boundary.name === boundary.name && one.fault === fault);
      if (these.length === 0) return 'not played';
      return `${these.filter(({ violations }) => violations.length > 0).length} of ${these.length}`;
    }),
  ]);
  const times = faults.map((fault) => {
    const these = played.filter((one) => one.fault === fault && one.ended !== null);
    const ms = these.map(({ recoveryMs }) => recoveryMs).sort((a, b) => a - b);
    const asked = these.filter((one) => isAsked(one)).length;
    return [fault, these.length, at(ms, 0.5), at(ms, 0.95), at(ms, 1), `${asked} of ${these.length}`];
  });
  return [
    `${date}, ${machine}. ${played.length} runs were struck, one undisturbed create took up to ${seconds(most)}.`,
    `Violations in runs: ${played.filter(({ violations }) => violations.length > 0).length}. At the end of all: ${atTheEnd.length === 0 ? 'queue empty, no lease, no lock, audit chain whole' : atTheEnd.join('; ')}.`,
    '',
    'Runs with a violation, of runs struck; `none` = there is nothing to strike:',
    '',
    ...table(['boundary', ...faults], rows),
    '',
    'From the fault to the end of the run, restart of what was killed included, in seconds; and how many ended as they were asked to (ready, destroyed, or rolled back where the create was made to fail):',
    '',
    ...table(['fault', 'runs', 'p50', 'p95', 'max', 'ended as asked'], times),
    '',
  ].join('\n');
}

function isAsked({ boundary, ended }: Played): boolean {
  return ended === { create: 'ready', rollback: 'rolled_back', destroy: 'destroyed' }[boundary.during];
}

function at(sorted: readonly number[], share: number): string {
  const value = sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
  return value === undefined ? '-' : (value / 1000).toFixed(1);
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string[] {
  const all = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, i) => Math.max(3, ...all.map((row) => row[i]!.length)));
  const line = (row: readonly string[]) => `| ${row.map((cell, i) => cell.padEnd(widths[i]!)).join(' | ')} |`;
  return [
    line(all[0]!),
    `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`,
    ...all.slice(1).map(line),
  ];
}

/** One line a violation, with what repeats it. */
export function violationLines(played: readonly Played[]): string[] {
  return played.flatMap(({ boundary, fault, seed, ended, violations }) =>
    violations.map((text) => `${boundary.name} x ${fault}, seed ${seed}, ended ${ended}: ${text}`),
  );
}
