/**
 * The fault matrix of docs/chaos.md. In the suite a few cells are played once. `make chaos` plays every cell until it was played CHAOS_N
 * times, what former plays of the same build left counted in, and writes the table. CHAOS_CELL="boundary x
 * fault" plays one cell alone, CHAOS_SEED repeats it; lists of both with commas repeat what struck one environment, CHAOS_SECONDS ends in time, CHAOS_FLEETS play side by side.
 */
import { expect, test } from '@jest/globals';
import { readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../src/lib/project-root.js';
import { cells, type Cell } from './matrix.js';
import { playAll } from './play-all.js';
import { reportText, violationLines } from './report.js';
import { openResults } from './results.js';

const long = process.env['CHAOS_N'] !== undefined;
const times = Number(process.env['CHAOS_N'] ?? 1);
const repeated = process.env['CHAOS_SEED'];
const seed = Math.floor(Math.random() * 2 ** 31);
const repeatedSeeds = repeated?.split(',').map(Number);
/** Of a cell in a round. */
const seedOf = (round: number, cell: number) => repeatedSeeds?.[cell] ?? seed + round * 1000 + cell;
const only = process.env['CHAOS_CELL'];
/** Seconds after which no further run is begun. */
const limit = Number(process.env['CHAOS_SECONDS'] ?? Infinity);
const fleets = Number(process.env['CHAOS_FLEETS'] ?? (long ? 3 : 1));

const inSuite = [
  'artifact saved x PostgreSQL restart',
  'each resource of the apply x SIGKILL worker',
  'each resource of the destroy x SIGKILL terraform',
];
const nameOf = ({ boundary, fault }: Cell) => `${boundary.name} x ${fault}`;
const asked = only !== undefined ? only.split(',') : long ? cells.map(nameOf) : inSuite;
const chosen = asked.flatMap((name) => cells.filter((cell) => nameOf(cell) === name));

const tell = (line: string) => process.stderr.write(`${line}\n`);

test(
  'whatever is killed at whatever moment, every environment ends right and nothing is left',
  async () => {
    expect(chosen.length).toBe(asked.length);
    const results = openResults(long && repeated === undefined);
    await playAll({
      cells: chosen,
      times,
      seedOf,
      fleets,
      limit,
      results,
      waitForJobs: long,
      tell: long ? tell : () => undefined,
    });
    const text = reportText(results.all(), `${cpus().length} processors, ${fleets} fleets side by side`);
    if (long) tell(`${text}\nkept in ${results.path}`);
    if (long && only === undefined) await intoDocs(text);
    expect(violationLines(results.all())).toEqual([]);
  },
  long ? 2 ** 31 - 1 : 120_000,
);

async function intoDocs(text: string): Promise<void> {
  const path = join(projectRoot, 'docs/chaos.md');
  const page = await readFile(path, 'utf8');
  const [begin, end] = ['<!-- figures -->', '<!-- end of figures -->'];
  await writeFile(path, page.replace(new RegExp(`${begin}[^]*${end}`), `${begin}\n\n${text}\n${end}`));
}
