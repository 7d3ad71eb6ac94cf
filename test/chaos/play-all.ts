/** Plays what is missing, on several fleets side by side. */
import { appendFile } from 'node:fs/promises';
import { startFleet, type Fleet } from './fleet.js';
import type { Cell } from './matrix.js';
import { play, playUndisturbed } from './play.js';
import type { Results } from './results.js';
import { violationsOfWhole } from './whole.js';

export interface Playing {
  readonly cells: readonly Cell[];
  /** How often each cell is to have been played in the end. */
  readonly times: number;
  readonly seed: number;
  readonly fleets: number;
  /** Seconds after which no further run is begun. */
  readonly limit: number;
  readonly results: Results;
  /** Waits for jobs that dead workers had in hand, half a minute a fleet. */
  readonly waitForJobs: boolean;
  tell(line: string): void;
}

interface Turn extends Cell {
  readonly seed: number;
}

/** A fleet is replaced after so many plays, so that what it keeps stays small, and after any violation. */
const playsOfFleet = 200;

export async function playAll(playing: Playing): Promise<void> {
  const turns = turnsOf(playing);
  const count = turns.length;
  const needsRedis = turns.some(isRedis);
  const lane = async (number: number) => {
    const queue = needsRedis && (number === 0 || turns.every(isRedis)) ? 'redis' : 'postgres';
    const take = () => (performance.now() > playing.limit * 1000 ? undefined : nextFor(queue, turns));
    for (let first = take(); first !== undefined; first = take())
      await playOnFleet(playing, queue, (played) =>
        played === 0 ? first : played < playsOfFleet ? take() : undefined,
      );
  };
  const begun = performance.now();
  await Promise.all(Array.from({ length: Math.min(playing.fleets, count) }, (_none, i) => lane(i)));
  const minutes = (performance.now() - begun) / 60_000;
  playing.tell(`${count - turns.length} plays, ${((count - turns.length) / minutes).toFixed(1)} a minute`);
}

const isRedis = ({ fault }: Cell) => fault === 'Redis flush';

/** What is missing, round by round, so that an early end leaves all cells played as often. */
function turnsOf({ cells, times, seed, results }: Playing): Turn[] {
  const played = (cell: Cell) =>
    results
      .all()
      .filter((one) => one.kind === 'play' && one.boundary === cell.boundary.name && one.fault === cell.fault)
      .length;
  const missing = cells.map((cell) => ({ cell, from: played(cell) }));
  return Array.from({ length: times }, (_none, n) =>
    missing.flatMap(({ cell, from }, i) => (n < from ? [] : [{ ...cell, seed: seed + n * 1000 + i }])),
  ).flat();
}

/** A fleet with Redis plays what flushes it first, then whatever is left. */
function nextFor(queue: 'postgres' | 'redis', turns: Turn[]): Turn | undefined {
  const wanted = turns.findIndex((turn) => isRedis(turn) === (queue === 'redis'));
  const index = wanted === -1 && queue === 'redis' ? 0 : wanted;
  return index === -1 ? undefined : turns.splice(index, 1)[0];
}

/** Plays on one fleet until `next` gives nothing, or something was wrong. */
async function playOnFleet(
  { results, waitForJobs, tell }: Playing,
  queue: 'postgres' | 'redis',
  next: (played: number) => Turn | undefined,
): Promise<void> {
  const fleet = await startFleet(queue);
  try {
    const { reference, createMs } = await playUndisturbed(fleet);
    let wrong = 0;
    for (let played = 0, turn = next(0); turn !== undefined; turn = wrong > 0 ? undefined : next(++played)) {
      const begun = performance.now();
      const { ended, recoveryMs, violations } = await play(fleet, turn, { seed: turn.seed, reference }).catch(
        (error: Error) => ({
          ended: null,
          recoveryMs: 0,
          violations: [`could not be played: ${error.message}`],
        }),
      );
      const name = `${turn.boundary.name} x ${turn.fault}`;
      tell(
        `${name}: ${ended} after ${Math.round(recoveryMs)} of ${Math.round(performance.now() - begun)} ms`,
      );
      for (const text of violations) tell(`  seed ${turn.seed}: ${text}`);
      const { boundary, fault, seed } = turn;
      results.add({
        kind: 'play',
        boundary: boundary.name,
        fault,
        seed,
        ended,
        recoveryMs,
        violations: [...violations],
      });
      wrong += violations.length;
    }
    // What was wrong already is told once.
    const whole = wrong > 0 ? [] : await violationsOfWhole(fleet, { waitForJobs });
    results.add({ kind: 'fleet', createMs, violations: whole });
  } finally {
    await close(fleet, queue);
  }
}

async function close(fleet: Fleet, queue: string): Promise<void> {
  const path = process.env['CHAOS_LOG'];
  if (path !== undefined) await appendFile(`${path}.${queue}`, fleet.said());
  await fleet.close();
}
