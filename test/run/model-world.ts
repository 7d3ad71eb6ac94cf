/** The rows that the model of model.test.ts is compared with, and what the model knows of them. */
import { expect } from '@jest/globals';
import { inTransaction, type Db } from '../../src/db/db.js';
import { newId } from '../../src/lib/ids.js';
import { thisOwner } from '../../src/run/lease-owner.js';
import { enqueueRun } from '../../src/run/run-job.js';
import { getRun } from '../../src/run/run-store.js';
import { transition } from '../../src/run/run-transition.js';
import { isFinal, workedRunStatuses, type RunStatus } from '../../src/run/run-state.js';
import type { JobName } from '../../src/queue/queue.js';
import { claimOne } from '../support/claim.js';
import { insertRun } from '../support/rows.js';

export interface ModelRun {
  readonly runId: string;
  readonly environment: number;
  status: RunStatus;
  epoch: number;
  /** `dead` = the process that has it is gone, and nobody has seen that yet. */
  holder: 'alive' | 'dead' | null;
  interruptions: number;
  from: RunStatus | null;
}

/** A worker's belief that it has a run; it may be wrong by now. */
export interface Hand {
  readonly run: ModelRun;
  readonly epoch: number;
}

export interface Job {
  readonly name: JobName;
  readonly run: ModelRun;
}

export interface Model {
  readonly runs: ModelRun[];
  readonly hands: Hand[];
}

export interface World {
  readonly db: Db;
  readonly model: Model;
  readonly environments: readonly { environmentId: string; tenantId: string; accountId: string }[];
  sweep(): Promise<void>;
}

export async function openWorld(db: Db, sweep: () => Promise<void>): Promise<World> {
  const environments = [await insertRun(db), await insertRun(db)];
  await db.query(
    `update runs set status = 'failed', finished_at = now(), lease_owner = null, lease_expires_at = null
     where run_id = any($1)`,
    [environments.map(({ runId }) => runId)],
  );
  await db.query(
    `update environments set status = 'failed', settled_status = 'failed' where environment_id = any($1)`,
    [environments.map(({ environmentId }) => environmentId)],
  );
  await db.query('delete from history where run_id = any($1)', [environments.map(({ runId }) => runId)]);
  return { db, environments, sweep, model: { runs: [], hands: [] } };
}

/** Every job that was ever queued: each may be delivered again at any time. */
export async function jobsOf({ db, model }: World): Promise<Job[]> {
  const { rows } = await db.query<{ name: JobName; runId: string }>(
    `select job_name as name, payload ->> 'run_id' as "runId" from outbox
     where payload ->> 'run_id' = any($1) order by outbox_id`,
    [model.runs.map(({ runId }) => runId)],
  );
  return rows.map(({ name, runId }) => ({ name, run: model.runs.find((run) => run.runId === runId)! }));
}

const steps: Record<Exclude<JobName, 'recover'>, { from: RunStatus; to: RunStatus }> = {
  plan: { from: 'queued', to: 'planning' },
  apply: { from: 'approved', to: 'applying' },
};

/** What a worker does with a delivery; the epoch it got, or null. */
export async function deliver({ db }: World, { name, run }: Job): Promise<number | null> {
  const now = await getRun(db, null, run.runId);
  const step = name === 'recover' ? { from: 'interrupted' as const, to: now.interruptedFrom } : steps[name];
  if (step.to === null) return null;
  const claim = { runId: run.runId, from: step.from, to: step.to, owner: thisOwner(), leaseSeconds: 600 };
  return (await claimOne(db, claim))?.leaseEpoch ?? null;
}

/** What a delivery must do. */
export function expectedClaim({ name, run }: Job): RunStatus | null {
  if (run.holder !== null) return null;
  if (name === 'recover') return run.status === 'interrupted' ? run.from : null;
  return run.status === steps[name].from ? steps[name].to : null;
}

export function noteClaim(model: Model, run: ModelRun, to: RunStatus): void {
  run.status = to;
  run.epoch += 1;
  run.holder = 'alive';
  model.hands.push({ run, epoch: run.epoch });
}

/** What a worker's step does, with the job that follows, in one transaction. */
export async function moveAs({ db }: World, { run, epoch }: Hand, to: RunStatus): Promise<void> {
  await inTransaction(db, async (tx) => {
    const moved = await transition(tx, { runId: run.runId, to, epoch, message: 'a step' });
    if (moved.status === 'approved' || moved.status === 'interrupted') await enqueueRun(tx, moved);
  });
}

export function noteMove(run: ModelRun, to: RunStatus): void {
  if (to === 'interrupted') {
    run.interruptions += 1;
    run.from = run.status;
  }
  run.status = to;
  if (!(workedRunStatuses as readonly string[]).includes(to)) run.holder = null;
}

/** Rows and model are the same. */
export async function assertSame({ db, model }: World): Promise<void> {
  for (const run of model.runs) {
    const row = await getRun(db, null, run.runId);
    expect({
      status: row.status,
      epoch: row.leaseEpoch,
      held: row.leaseOwner !== null,
      interruptions: row.interruptions,
      finished: row.finishedAt !== null,
    }).toEqual({
      status: run.status,
      epoch: run.epoch,
      held: run.holder !== null,
      interruptions: run.interruptions,
      finished: isFinal(run.status),
    });
  }
}

const ends: Partial<Record<RunStatus, RunStatus>> = {
  planning: 'approved',
  applying: 'verifying',
  verifying: 'succeeded',
  rolling_back: 'rolled_back',
  canceling: 'canceled',
};

/** Everybody does what is to be done, and each run comes to its end: none is lost. */
export async function drain(world: World): Promise<void> {
  for (const run of world.model.runs.filter(({ holder }) => holder === 'alive')) await die(world, run);
  await world.sweep();
  noteSweep(world.model);
  for (let i = 0; i < 20 && world.model.runs.some(({ status }) => !isFinal(status)); i++)
    for (const run of world.model.runs.filter(({ status }) => !isFinal(status))) await bringOn(world, run);
  expect(world.model.runs.filter(({ status }) => !isFinal(status))).toEqual([]);
}

async function bringOn(world: World, run: ModelRun): Promise<void> {
  const hand = world.model.hands.findLast((one) => one.run === run && one.epoch === run.epoch);
  const next = ends[run.status];
  if (run.holder !== null && hand !== undefined && next !== undefined) {
    await moveAs(world, hand, next);
    noteMove(run, next);
  } else if (run.status === 'awaiting_review') {
    await inTransaction(world.db, (tx) =>
      transition(tx, { runId: run.runId, to: 'rejected', message: 'no', byPerson: true }),
    );
    noteMove(run, 'rejected');
  } else
    for (const job of (await jobsOf(world)).filter((one) => one.run === run)) {
      const to = expectedClaim(job);
      if ((await deliver(world, job)) !== null && to !== null) noteClaim(world.model, run, to);
    }
}

/** The process that has the run is gone: its name is one of the dead now. */
export async function die({ db }: World, run: ModelRun): Promise<void> {
  const [host, namespace] = thisOwner().split('/');
  await db.query(`update runs set lease_owner = $2 where run_id = $1`, [
    run.runId,
    `${host}/${namespace}/2147483646/1`,
  ]);
  run.holder = 'dead';
}

export function noteSweep(model: Model): void {
  for (const run of model.runs.filter(({ holder }) => holder === 'dead')) {
    const stopping = run.status === 'canceling';
    noteMove(run, 'interrupted');
    if (stopping) noteMove(run, 'canceled');
  }
}

export const newRunOf = (world: World, environment: number) => ({
  ...world.environments[environment]!,
  runId: newId('run'),
  kind: 'create' as const,
  revision: 1,
  review: 'required' as const,
  requestedBy: 'test',
  correlationId: 'test',
});
