/**
 * One cell, once: a run is brought to the boundary, the fault strikes, and what comes of it is looked at. What is sound then may be left for
 * the next cell of the same life: a plan at its review, or a ready environment to be destroyed.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../support/eventually.js';
import { arm, type BreakPoint } from './break-point.js';
import { madeByType, violationsOf, type Reference } from './checks.js';
import type { Fleet } from './fleet.js';
import { mayFailRun, random, stageOf, type Boundary, type Cell, type FaultName } from './matrix.js';
import { synthOf } from './processes.js';
import {
  approve,
  create,
  destroy,
  errorOf,
  remove,
  rest,
  restThrough,
  setSandboxFaults,
} from './requests.js';
import { strike } from './strike.js';

export interface Played extends Cell {
  readonly seed: number;
  /** What the environment ended as; null when the boundary was not reached. */
  readonly ended: string | null;
  /** From the fault to the end of the run. */
  readonly recoveryMs: number;
  readonly violations: readonly string[];
  /** The environment that is left for the next cell. */
  readonly left?: string;
}

/** Where one cell of a life begins and ends. */
export interface Stage {
  /** Left by the cell before. @default - an environment of its own */
  readonly environmentId?: string;
  /** What is left for the next cell. @default - nothing: the environment is destroyed */
  readonly leave?: 'awaiting_review' | 'ready';
}

export interface Undisturbed {
  readonly reference: Reference;
  readonly createMs: number;
  readonly destroyMs: number;
}

const reachMs = 25_000;

/** What a create and a destroy do and take when nothing strikes. */
export async function playUndisturbed(fleet: Fleet): Promise<Undisturbed> {
  const started = performance.now();
  const made = await create(fleet, 'auto');
  await restThrough(fleet, made.id);
  const createMs = performance.now() - started;
  const reference = await madeByType(fleet, made.id);
  const again = performance.now();
  await destroy(fleet, made.id);
  return { reference, createMs, destroyMs: performance.now() - again };
}

export async function play(
  fleet: Fleet,
  cell: Cell,
  at: { seed: number; reference: Reference } & Stage,
): Promise<Played> {
  const { boundary, fault } = cell;
  const pick = random(at.seed);
  const played = { ...cell, seed: at.seed };
  const total = [...at.reference.values()].reduce((sum, count) => sum + count, 0);
  const brought = await bring(fleet, cell, { ...at, pick, total });
  if (brought === null)
    return { ...played, ended: null, recoveryMs: 0, violations: ['the boundary was not reached'] };
  const { id, struckAt } = brought;
  const violations: string[] = [];
  let ended = 'moving';
  try {
    ended = await (at.leave === 'awaiting_review' ? rest(fleet, id) : restThrough(fleet, id));
  } catch (error) {
    violations.push(error instanceof Error ? error.message : String(error));
  }
  const recoveryMs = performance.now() - struckAt;
  violations.push(...(await violationsOf(fleet, id, at.reference)));
  const asked = at.leave ?? askedEnd[boundary.during];
  if (!mayFailRun(fault) && ended !== asked)
    violations.push(`ended ${ended}, not ${asked}: ${await errorOf(fleet, id)}`);
  if (ended === at.leave && violations.length === 0)
    return { ...played, ended, recoveryMs, violations, left: id };
  if (ended !== 'destroyed' && ended !== 'moving') {
    const left = await destroy(fleet, id).catch((error: Error) => [`cannot be destroyed: ${error.message}`]);
    violations.push(...left);
  }
  return { ...played, ended, recoveryMs, violations };
}

export const askedEnd: Record<Boundary['during'], string> = {
  create: 'ready',
  rollback: 'rolled_back',
  destroy: 'destroyed',
};

interface Chance extends Stage {
  readonly pick: (below: number) => number;
  readonly reference: Reference;
  readonly total: number;
}

interface Struck {
  readonly id: string;
  readonly struckAt: number;
}

/** Null when the boundary was not reached. */
async function bring(fleet: Fleet, { boundary, fault }: Cell, chance: Chance): Promise<Struck | null> {
  if (boundary.point === 'synth') return bringToSynth(fleet, fault, chance);
  const early = stageOf(boundary) === 'plan';
  const made = early ? null : (chance.environmentId ?? (await makeFor(fleet, boundary)));
  if (made !== null) await setSandboxFaults(fleet, made, faultsFor(boundary, fault, chance));
  const reviewed = chance.environmentId !== undefined || boundary.reviewed;
  // Who reviews a create reviews its destroy as well.
  if (made !== null && boundary.during === 'destroy' && reviewed) {
    await remove(fleet, made);
    await rest(fleet, made);
  }
  const point = await armFor(fleet, { boundary, fault }, chance);
  const waits = boundary.point === 'awaiting_review' || chance.leave !== undefined;
  const id = made ?? (await create(fleet, waits ? 'required' : 'auto')).id;
  if (early && fault === 'provider fault')
    await setSandboxFaults(fleet, id, faultsFor(boundary, fault, chance));
  // What is asked for goes on while the point is watched.
  const going = made === null ? Promise.resolve() : reviewed ? approve(fleet, id) : remove(fleet, id);
  const reached = await point.hit(reachMs);
  const struckAt = performance.now();
  if (reached) await strikeAndRelease(fleet, fault, { point, pick: chance.pick });
  else await point.release();
  await going;
  if (reached) return { id, struckAt };
  await destroy(fleet, id).catch(() => []);
  return null;
}

/** An environment of its own, as the cell before would have left it. */
async function makeFor(fleet: Fleet, { reviewed }: Boundary): Promise<string> {
  const { id } = await create(fleet, reviewed ? 'required' : 'auto');
  await rest(fleet, id);
  return id;
}

async function strikeAndRelease(
  fleet: Fleet,
  fault: FaultName,
  { point, pick }: { point: BreakPoint; pick: Chance['pick'] },
): Promise<void> {
  const mend = fault === 'provider fault' ? async () => undefined : await strike(fleet, fault, pick);
  await point.release();
  await mend();
}

/** A fault of a provider is its own point; a terraform that is to be killed has to wait for it. */
function armFor(fleet: Fleet, { boundary, fault }: Cell, { pick, total }: Chance): Promise<BreakPoint> {
  if (fault === 'provider fault') {
    const point = boundary.provider === 'health' ? boundary.point : 'fault_played';
    return arm(fleet.databaseUrl, { point, nth: 1, side: 'after' });
  }
  const most = boundary.during === 'rollback' ? Math.max(1, total - 2) : total;
  const nth = boundary.nth === 1 ? 1 : 1 + pick(Math.min(most, 8) === most ? most : total - 2);
  const before = fault === 'SIGKILL terraform' || pick(2) === 0;
  return arm(fleet.databaseUrl, { point: boundary.point, nth, side: before ? 'before' : 'after' });
}

/** What the sandbox plays: a rollback needs a create that fails, and a provider may fail or die in any of its calls. */
function faultsFor({ during, provider }: Boundary, fault: FaultName, { pick, reference }: Chance): object[] {
  const types = [...reference.keys()].sort();
  const type = types[pick(types.length)];
  const needed =
    during === 'rollback'
      ? [{ kind: 'fail', type: 'helm_release', message: 'the chart cannot be installed' }]
      : [];
  if (fault !== 'provider fault' || provider === undefined) return needed;
  if (provider === 'health') return [{ kind: 'unready', type: 'helm_release', for_ms: 1500 }];
  const failures = [
    { kind: 'fail', on: provider, message: 'the sandbox is out of order', times: 1 },
    { kind: 'die', on: provider, stage: 'before', times: 1 },
    { kind: 'die', on: provider, stage: 'after', times: 1 },
  ];
  return [
    ...needed,
    { ...failures[pick(provider === 'plan' ? 2 : 3)], type: provider === 'plan' ? '*' : type },
  ];
}

/** The generator is stopped (SIGSTOP), so that the run waits exactly there. */
async function bringToSynth(fleet: Fleet, fault: FaultName, { pick, leave }: Chance): Promise<Struck | null> {
  if (fault === 'provider fault') return null;
  const synth = await eventually('the generator runs', () => synthOf(fleet.worker().pid!));
  process.kill(synth.pid, 'SIGSTOP');
  try {
    const { id } = await create(fleet, leave === undefined ? 'auto' : 'required');
    await eventually('the run is planning', async () => {
      const { rows } = await fleet.db.query(
        `select 1 from runs where environment_id = $1 and status = 'planning'`,
        [id],
      );
      return rows.length > 0;
    });
    // From the claim to the generator it is a handful of reads.
    await delay(20 + pick(30));
    const struckAt = performance.now();
    const mend = await strike(fleet, fault as Exclude<FaultName, 'provider fault'>, pick);
    goOn(synth.pid);
    await mend();
    return { id, struckAt };
  } finally {
    goOn(synth.pid);
  }
}

function goOn(pid: number): void {
  try {
    process.kill(pid, 'SIGCONT');
  } catch {
    // It died with its worker.
  }
}
