/** The acts of model.test.ts. Each says what must come of it, does it, and compares. */
import { expect } from '@jest/globals';
import fc from 'fast-check';
import { inTransaction } from '../../src/db/db.js';
import { lockEnvironment } from '../../src/environment/environment-store.js';
import { toAppError } from '../../src/errors/app-error.js';
import { renewLease } from '../../src/run/lease-store.js';
import { enqueueRun } from '../../src/run/run-job.js';
import { assertRunAction } from '../../src/run/run-action.js';
import { createRunService } from '../../src/run/run-service.js';
import { getRun } from '../../src/run/run-store.js';
import { openRun, transition } from '../../src/run/run-transition.js';
import { canFollow, isFinal, runActions, runStatuses, type RunStatus } from '../../src/run/run-state.js';
import {
  assertSame,
  deliver,
  die,
  expectedClaim,
  jobsOf,
  moveAs,
  newRunOf,
  noteClaim,
  noteMove,
  noteSweep,
  type Model,
  type ModelRun,
  type World,
} from './model-world.js';

type Command = fc.AsyncCommand<Model, World>;

/** The code of what it refused, or `done`. */
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: unknown) => toAppError(error).code,
  );

function command(
  name: string,
  check: (model: Model) => boolean,
  act: (world: World) => Promise<void>,
): Command {
  return {
    check,
    run: async (_model, world) => {
      await act(world);
      await assertSame(world);
    },
    toString: () => name,
  };
}

const any = fc.nat({ max: 1000 });
const pickFrom = <T>(all: readonly T[], n: number): T => all[n % all.length]!;
const hasRuns = ({ runs }: Model) => runs.length > 0;
const hasHands = ({ hands }: Model) => hands.length > 0;
const isHeld = ({ holder }: ModelRun) => holder !== null;

const request = fc.nat({ max: 1 }).map((environment) =>
  command(
    `request(${environment})`,
    () => true,
    async (world) => {
      const { model } = world;
      const busy = model.runs.some((run) => run.environment === environment && !isFinal(run.status));
      const run = newRunOf(world, environment);
      const opened = inTransaction(world.db, async (tx) =>
        enqueueRun(tx, await openRun(tx, run, { status: 'failed', settled: 'failed' })),
      );
      expect(await codeOf(opened)).toBe(busy ? 'active_run' : 'done');
      if (busy) return;
      const fresh = { status: 'queued' as const, epoch: 0, holder: null, interruptions: 0, from: null };
      model.runs.push({ runId: run.runId, environment, ...fresh });
    },
  ),
);

const delivery = any.map((n) =>
  command(`deliver(${n})`, hasRuns, async (world) => {
    const jobs = await jobsOf(world);
    const due = jobs.filter((job) => expectedClaim(job) !== null);
    const job = pickFrom(due.length > 0 && n % 2 === 0 ? due : jobs, n);
    const to = expectedClaim(job);
    const epoch = await deliver(world, job);
    expect(epoch).toBe(to === null ? null : job.run.epoch + 1);
    if (to !== null) noteClaim(world.model, job.run, to);
  }),
);

const deliveryToThree = any.map((n) =>
  command(`deliverToThree(${n})`, hasRuns, async (world) => {
    const job = pickFrom(await jobsOf(world), n);
    const to = expectedClaim(job);
    const epochs = await Promise.all([deliver(world, job), deliver(world, job), deliver(world, job)]);
    expect(epochs.filter((epoch) => epoch !== null)).toEqual(to === null ? [] : [job.run.epoch + 1]);
    if (to !== null) noteClaim(world.model, job.run, to);
  }),
);

/** Any step by any belief, old ones too: the rows must know better. */
const step = fc.tuple(any, fc.constantFrom(...runStatuses)).map(([n, to]) =>
  command(`step(${n}, ${to})`, hasHands, async (world) => {
    const hand = pickFrom(world.model.hands, n);
    await stepAs(world, hand.run, { epoch: hand.epoch, to });
  }),
);

/** A step that the machine has, by who has the run: it leads deep. */
const goOn = fc.tuple(any, any).map(([n, m]) =>
  command(
    `goOn(${n}, ${m})`,
    ({ runs }) => runs.some(isHeld),
    async (world) => {
      const run = pickFrom(world.model.runs.filter(isHeld), n);
      const follow = runStatuses.filter((to) => canFollow(run.status, to) && to !== 'failed');
      await stepAs(world, run, { epoch: run.epoch, to: pickFrom(follow, m) });
    },
  ),
);

async function stepAs(
  world: World,
  run: ModelRun,
  { epoch, to }: { epoch: number; to: RunStatus },
): Promise<void> {
  // Who stops a run never hands it over: that end is the sweeper's alone.
  if (run.status === 'canceling' && to === 'interrupted') return;
  const allowed = run.holder !== null && epoch === run.epoch;
  const expected = !allowed ? 'lease_lost' : canFollow(run.status, to) ? 'done' : 'action_not_allowed';
  expect(await codeOf(moveAs(world, { run, epoch }, to))).toBe(expected);
  if (expected === 'done') noteMove(run, to);
}

const beat = any.map((n) =>
  command(`beat(${n})`, hasHands, async (world) => {
    const { run, epoch } = pickFrom(world.model.hands, n);
    const { alive } = await renewLease(world.db, { runId: run.runId, epoch, leaseSeconds: 600 });
    expect(alive).toBe(run.holder !== null && epoch === run.epoch);
  }),
);

const death = any.map((n) =>
  command(
    `die(${n})`,
    ({ runs }) => runs.some(isHeld),
    (world) => die(world, pickFrom(world.model.runs.filter(isHeld), n)),
  ),
);

const sweep = fc.constant(
  command('sweep', hasRuns, async (world) => {
    await world.sweep();
    noteSweep(world.model);
  }),
);

const principal = { tokenId: 'tok', name: 'ann', role: 'admin' as const, rights: [], tenantId: null };

const cancel = any.map((n) =>
  command(`cancel(${n})`, hasRuns, async (world) => {
    const run = pickFrom(world.model.runs, n);
    const { cancel: ask } = createRunService({ db: world.db } as Parameters<typeof createRunService>[0]);
    const allowed = runActions.cancel.includes(run.status);
    expect(await codeOf(ask({ principal, correlationId: 'test' }, run.runId))).toBe(
      allowed ? 'done' : 'action_not_allowed',
    );
    if (allowed && run.holder === null) noteMove(run, 'canceled');
  }),
);

/** Of an approval and a rejection at once exactly one is heard. */
const review = any.map((n) =>
  command(`approveAndReject(${n})`, hasRuns, async (world) => {
    const run = pickFrom(world.model.runs, n);
    const open = run.status === 'awaiting_review';
    const to = (status: 'approved' | 'rejected') =>
      codeOf(
        inTransaction(world.db, async (tx) => {
          await lockEnvironment(tx, null, world.environments[run.environment]!.environmentId);
          assertRunAction(await getRun(tx, null, run.runId), status === 'approved' ? 'approve' : 'reject');
          const moved = await transition(tx, {
            runId: run.runId,
            to: status,
            message: status,
            byPerson: true,
          });
          if (status === 'approved') await enqueueRun(tx, moved);
        }),
      );
    const codes = await Promise.all([to('approved'), to('rejected')]);
    expect(codes.filter((code) => code === 'done')).toHaveLength(open ? 1 : 0);
    if (open) noteMove(run, codes[0] === 'done' ? 'approved' : 'rejected');
  }),
);

export const allCommands = [
  request,
  delivery,
  delivery,
  deliveryToThree,
  step,
  goOn,
  goOn,
  goOn,
  beat,
  death,
  sweep,
  sweep,
  cancel,
  review,
];
