/** The table of docs/chaos.md. */
import { boundaries, faults, meets, stageOf } from './matrix.js';
import { askedEnd } from './play.js';
import type { PlayLine, ResultLine } from './results.js';

export function reportText(lines: readonly ResultLine[], machine: string): string {
  const played = lines.filter((one) => one.kind === 'play');
  const fleets = lines.filter((one) => one.kind === 'fleet');
  const atTheEnd = fleets.flatMap(({ violations }) => violations);
  const most = Math.max(0, ...fleets.map(({ createMs }) => createMs));
  const these = (boundary: string, fault: string) =>
    played.filter((one) => one.boundary === boundary && one.fault === fault);
  const counts: number[] = [];
  const rows = boundaries.map((boundary) => [
    boundary.name,
    ...faults.map((fault) => {
      if (!meets(boundary, fault)) return 'none';
      const cell = these(boundary.name, fault);
      counts.push(cell.length);
      return cell.length === 0 ? 'not played' : `${cell.filter(isWrong).length} of ${cell.length}`;
    }),
  ]);
  const times = faults.map((fault) => {
    const ended = played.filter((one) => one.fault === fault && one.ended !== null);
    const ms = ended.map(({ recoveryMs }) => recoveryMs).sort((a, b) => a - b);
    const asked = ended.filter(isAsked).length;
    return [fault, ended.length, at(ms, 0.5), at(ms, 0.95), at(ms, 1), `${asked} of ${ended.length}`];
  });
  return [
    `${new Date().toISOString().slice(0, 10)}, ${machine}. N = ${Math.min(...counts)} at least. ${played.length} runs were struck, one undisturbed create took up to ${(most / 1000).toFixed(1)} s.`,
    `Violations in runs: ${played.filter(isWrong).length}. At the end of all: ${atTheEnd.length === 0 ? 'queue empty, no lease, no lock, audit chain whole' : atTheEnd.join('; ')}.`,
    '',
    'Runs with a violation, of runs struck; `none` = there is nothing to strike:',
    '',
    ...table(['boundary', ...faults], rows),
    '',
    'From the fault to the end of the run (of a plan that another cell goes on with, to its review), restart of what was killed included, in seconds; and how many ended as they were asked to (ready, destroyed, or rolled back where the create was made to fail):',
    '',
    ...table(['fault', 'runs', 'p50', 'p95', 'max', 'ended as asked'], times),
    '',
  ].join('\n');
}

const isWrong = ({ violations }: PlayLine) => violations.length > 0;

/** A cell of the plan may end at the review, where the next cell of the same life begins. */
function isAsked({ boundary, ended }: PlayLine): boolean {
  const found = boundaries.find(({ name }) => name === boundary);
  if (found === undefined) return false;
  return ended === askedEnd[found.during] || (ended === 'awaiting_review' && stageOf(found) === 'plan');
}

function at(sorted: readonly number[], share: number): string {
  const value = sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
  return value === undefined ? '-' : (value / 1000).toFixed(1);
}

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
export function violationLines(lines: readonly ResultLine[]): string[] {
  return lines.flatMap((one) =>
    one.violations.map((text) =>
      one.kind === 'fleet'
        ? `at the end: ${text}`
        : `${one.boundary} x ${one.fault}, seed ${one.seed}${one.after.map((before) => `, after ${before}`).join('')}, ended ${one.ended}: ${text}`,
    ),
  );
}
