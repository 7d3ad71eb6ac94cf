/**
 * The fault matrix of docs/chaos.md. In the suite a few cells are played once; `make chaos` plays all of them CHAOS_N times and
 * writes the table. CHAOS_SEED repeats a run, CHAOS_CELL="boundary x fault" plays one cell alone, CHAOS_SECONDS ends in time.
 */
import { expect, test } from '@jest/globals';
import { readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../src/lib/project-root.js';
import { startFleet, type Fleet } from './fleet.js';
import { cells, type Cell } from './matrix.js';
import { play, playUndisturbed, type Played, type Undisturbed } from './play.js';
import { reportText, violationLines } from './report.js';
import { violationsOfWhole } from './whole.js';

const long = process.env['CHAOS_N'] !== undefined;
const times = Number(process.env['CHAOS_N'] ?? 1);
const seed = Number(process.env['CHAOS_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const only = process.env['CHAOS_CELL'];
/** Seconds after which no further run is begun. */
const limit = Number(process.env['CHAOS_SECONDS'] ?? Infinity);

const inSuite = [
  'artifact saved x PostgreSQL restart',
  'each resource of the apply x SIGKILL worker',
  'each resource of the destroy x SIGKILL terraform',
];
const nameOf = ({ boundary, fault }: Cell) => `${boundary.name} x ${fault}`;
const asked = only !== undefined ? only.split(',') : long ? cells.map(nameOf) : inSuite;
const chosen = cells.filter((cell) => asked.includes(nameOf(cell)));

async function playAll(
  fleet: Fleet,
  mine: readonly Cell[],
): Promise<{ played: Played[]; undisturbed: Undisturbed }> {
  const undisturbed = await playUndisturbed(fleet);
  const { reference } = undisturbed;
  const played: Played[] = [];
  for (let n = 0; n < times; n++)
    for (const [i, cell] of mine.entries()) {
      if (performance.now() > limit * 1000) return { played, undisturbed };
      const one = await play(fleet, cell, { seed: seed + n * 1000 + i, reference });
      played.push(one);
      if (long)
        tell(
          `${played.length}/${mine.length * times} ${nameOf(cell)}: ${one.ended} after ${Math.round(one.recoveryMs)} ms`,
        );
      for (const line of violationLines([one])) tell(line);
    }
  return { played, undisturbed };
}

const tell = (line: string) => process.stderr.write(`${line}\n`);

test(
  'whatever is killed at whatever moment, every environment ends right and nothing is left',
  async () => {
    expect(chosen.length).toBe(asked.length);
    const played: Played[] = [];
    const undisturbed: Undisturbed[] = [];
    const atTheEnd: string[] = [];
    const onQueue = async (queue: 'postgres' | 'redis') => {
      const mine = chosen.filter(({ fault }) => (fault === 'Redis flush') === (queue === 'redis'));
      if (mine.length === 0) return;
      const fleet = await startFleet(queue);
      try {
        const result = await playAll(fleet, mine);
        played.push(...result.played);
        undisturbed.push(result.undisturbed);
        atTheEnd.push(...(await violationsOfWhole(fleet, { waitForJobs: long })));
      } finally {
        const path = process.env['CHAOS_LOG'];
        if (path !== undefined) await writeFile(`${path}.${queue}`, fleet.said());
        await fleet.close();
      }
    };
    await Promise.all([onQueue('postgres'), onQueue('redis')]);
    const machine = `${cpus().length} processors, N = ${times}, seed ${seed}`;
    const text = reportText({
      played,
      undisturbed,
      atTheEnd,
      machine,
      date: new Date().toISOString().slice(0, 10),
    });
    if (long) tell(text);
    if (long && only === undefined) await intoDocs(text);
    expect([...violationLines(played), ...atTheEnd]).toEqual([]);
  },
  long ? 6 * 3600_000 : 120_000,
);

async function intoDocs(text: string): Promise<void> {
  const path = join(projectRoot, 'docs/chaos.md');
  const page = await readFile(path, 'utf8');
  const [begin, end] = ['<!-- figures -->', '<!-- end of figures -->'];
  await writeFile(path, page.replace(new RegExp(`${begin}[^]*${end}`), `${begin}\n\n${text}\n${end}`));
}
