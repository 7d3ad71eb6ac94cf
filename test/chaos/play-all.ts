/** Plays what is missing, on several fleets side by side. */
import { appendFile } from 'node:fs/promises';
import type { Reference } from './checks.js';
import { startFleet, type Fleet } from './fleet.js';
import { stageOf, type Cell, type LifeStage } from './matrix.js';
import { play, playUndisturbed } from './play.js';
import type { PlayLine, Results } from './results.js';
import { violationsOfWhole } from './whole.js';

export interface Playing {
  readonly cells: readonly Cell[];
  /** How often each cell is to have been played in the end. */
  readonly times: number;
  seedOf(round: number, cell: number): number;
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
    const take = () => (performance.now() > playing.limit * 1000 ? undefined : nextLife(queue, turns));
    for (let first = take(); first !== undefined; first = take()) {
      const unplayed = await playOnFleet(playing, queue, (played) =>
        played === 0 ? first : played < playsOfFleet ? take() : undefined,
      );
      turns.unshift(...unplayed);
    }
  };
  const begun = performance.now();
  await Promise.all(Array.from({ length: Math.min(playing.fleets, count) }, (_none, i) => lane(i)));
  const minutes = (performance.now() - begun) / 60_000;
  playing.tell(`${count - turns.length} plays, ${((count - turns.length) / minutes).toFixed(1)} a minute`);
}

const isRedis = ({ fault }: Cell) => fault === 'Redis flush';

/** What is missing, round by round, so that an early end leaves all cells played as often. */
function turnsOf({ cells, times, seedOf, results }: Playing): Turn[] {
  const played = (cell: Cell) =>
    results
      .all()
      .filter((one) => one.kind === 'play' && one.boundary === cell.boundary.name && one.fault === cell.fault)
      .length;
  const missing = cells.map((cell) => ({ cell, from: played(cell) }));
  return Array.from({ length: times }, (_none, n) =>
    missing.flatMap(({ cell, from }, i) => (n < from ? [] : [{ ...cell, seed: seedOf(n, i) }])),
  ).flat();
}

/** A fleet with Redis plays everything, one without it all but what flushes it: so no cell gets ahead of the others. */
const playable = (queue: 'postgres' | 'redis') => (turn: Turn) => queue === 'redis' || !isRedis(turn);

const stages: readonly LifeStage[] = ['plan', 'apply', 'destroy'];

/** What strikes one environment, one after the other: at most one turn of each stage, or with a rollback of the first two. */
function nextLife(queue: 'postgres' | 'redis', turns: Turn[]): Turn[] | undefined {
  const mayPlay = playable(queue);
  const first = turns.findIndex(mayPlay);
  if (first === -1) return undefined;
  const life = turns.splice(first, 1);
  for (const stage of stages) {
    const fits = (turn: Turn) =>
      stageOf(turn.boundary) === stage &&
      mayPlay(turn) &&
      !(life.some(endsRolledBack) && stage === 'destroy') &&
      !(life.some(isOf('destroy')) && endsRolledBack(turn));
    const index = life.some(isOf(stage)) ? -1 : turns.findIndex(fits);
    if (index !== -1) life.push(...turns.splice(index, 1));
  }
  return stages.flatMap((stage) => life.filter(isOf(stage)));
}

const isOf = (stage: LifeStage) => (turn: Turn) => stageOf(turn.boundary) === stage;
const endsRolledBack = ({ boundary }: Turn) => boundary.during === 'rollback';

/** Plays on one fleet until `next` gives nothing, or something was wrong; the turns of a life that were not played then. */
async function playOnFleet(
  playing: Playing,
  queue: 'postgres' | 'redis',
  next: (played: number) => Turn[] | undefined,
): Promise<Turn[]> {
  const { results, waitForJobs } = playing;
  const fleet = await startFleet(queue);
  try {
    const { reference, createMs } = await playUndisturbed(fleet);
    let unplayed: Turn[] = [];
    let [played, wrong] = [0, 0];
    for (let life = next(0); life !== undefined; life = wrong > 0 ? undefined : next(played)) {
      const lines = await playLife(playing, fleet, { life, reference });
      played += lines.length;
      wrong += lines.flatMap(({ violations }) => violations).length;
      unplayed = life.slice(lines.length);
    }
    // What was wrong already is told once.
    const whole = wrong > 0 ? [] : await violationsOfWhole(fleet, { waitForJobs });
    results.add({ kind: 'fleet', createMs, violations: whole });
    return unplayed;
  } finally {
    await close(fleet, queue);
  }
}

/** A line for each turn, until something is wrong. A turn that its predecessor left nothing for has an environment of its own. */
async function playLife(
  { results, tell }: Playing,
  fleet: Fleet,
  { life, reference }: { life: readonly Turn[]; reference: Reference },
): Promise<PlayLine[]> {
  const lines: PlayLine[] = [];
  let environmentId: string | undefined;
  let after: string[] = [];
  for (const [index, { boundary, fault, seed }] of life.entries()) {
    const begun = performance.now();
    const follows = life[index + 1];
    const leave = follows && (stageOf(follows.boundary) === 'apply' ? 'awaiting_review' : 'ready');
    const { ended, recoveryMs, violations, left } = await play(
      fleet,
      { boundary, fault },
      { seed, reference, ...(environmentId && { environmentId }), ...(leave && { leave }) },
    ).catch((error: Error) => ({
      ended: null,
      recoveryMs: 0,
      violations: [`could not be played: ${error.message}`],
      left: undefined,
    }));
    const name = `${boundary.name} x ${fault}`;
    const times = `${Math.round(recoveryMs)} of ${Math.round(performance.now() - begun)} ms`;
    tell(`${name}: ${ended} after ${times}`);
    for (const text of violations) tell(`  seed ${seed}: ${text}`);
    const line = { boundary: boundary.name, fault, seed, after, ended, recoveryMs };
    lines.push({ kind: 'play', ...line, violations: [...violations] });
    results.add(lines.at(-1)!);
    if (violations.length > 0) return lines;
    environmentId = left;
    after = left === undefined ? [] : [...after, `${name}, seed ${seed}`];
  }
  return lines;
}

async function close(fleet: Fleet, queue: string): Promise<void> {
  const path = process.env['CHAOS_LOG'];
  if (path !== undefined) await appendFile(`${path}.${queue}`, fleet.said());
  await fleet.close();
}
