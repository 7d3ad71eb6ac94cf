import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { readConfig } from '../../src/config/config.js';
import type { Db } from '../../src/db/db.js';
import { inTransaction } from '../../src/db/db.js';
import { keepRunHealth } from '../../src/health/health-store.js';
import { newId } from '../../src/lib/ids.js';
import { createLog } from '../../src/log/log.js';
import { insertPlan } from '../../src/plan/plan-store.js';
import { appendJournal, mayExist } from '../../src/run/journal-store.js';
import { isOwnerDead, thisOwner } from '../../src/run/lease-owner.js';
import { expiredLeases, renewLease } from '../../src/run/lease-store.js';
import { savePhases } from '../../src/run/phase-store.js';
import { appendLogs, listLogs } from '../../src/run/run-log-store.js';
import { getRun, markApplyStarted } from '../../src/run/run-store.js';
import { openRun, transition } from '../../src/run/run-transition.js';
import { claimOne } from '../support/claim.js';
import { createTestDatabase } from '../support/database.js';
import { testPlan } from '../support/plan-row.js';
import { insertRun, type TestRun } from '../support/rows.js';
import type { WorkerDeps } from '../../worker/deps.js';
import { doNext } from '../../worker/jobs.js';

let db: Db;
let drop: () => Promise<void>;
let made: TestRun;

beforeAll(async () => {
  ({ db, drop } = await createTestDatabase());
});
afterAll(() => drop());

/** A queued run nobody holds. */
beforeEach(async () => {
  made = await insertRun(db);
  await db.query(
    `update runs set status = 'queued', lease_epoch = 0, lease_owner = null, lease_expires_at = null where run_id = $1`,
    [made.runId],
  );
});

const claim = (owner = 'a', leaseSeconds = 45) =>
  claimOne(db, { runId: made.runId, from: 'queued', to: 'planning', owner, leaseSeconds });
const move = (to: 'awaiting_review' | 'failed', epoch?: number) =>
  inTransaction(db, (tx) => transition(tx, { runId: made.runId, to, epoch, message: 'test' }));

describe('a claim', () => {
  test('is won by exactly one of twenty workers', async () => {
    const won = await Promise.all(Array.from({ length: 20 }, (_, n) => claim(`worker-${n}`)));
    expect(won.filter((run) => run !== null)).toHaveLength(1);
    expect(won.find((run) => run !== null)).toMatchObject({ status: 'planning', leaseEpoch: 1 });
  });

  test('of a run that moved on is refused quietly: a second delivery does nothing', async () => {
    await claim();
    await move('awaiting_review', 1);
    expect(await claim()).toBeNull();
    expect(await getRun(db, null, made.runId)).toMatchObject({ status: 'awaiting_review', leaseOwner: null });
  });

  test('of a run that does not exist is refused quietly', async () => {
    const nobody = { runId: 'run_none', owner: 'a', leaseSeconds: 45 };
    expect(await claimOne(db, { ...nobody, from: 'queued', to: 'planning' })).toBeNull();
  });
});

test('a run that was interrupted too often fails and tells the last reason', async () => {
  await claim();
  const message = 'terraform plan had too little memory: give the worker more; the run is carried on';
  await inTransaction(db, (tx) =>
    transition(tx, { runId: made.runId, to: 'interrupted', epoch: 1, message }),
  );
  await db.query('update runs set interruptions = 6 where run_id = $1', [made.runId]);
  const [owner, config, log] = ['b', readConfig({}), createLog('silent', 'test')];
  const deps = { db, owner, config, log, active: new Map() } as Pick<WorkerDeps, 'db'> as WorkerDeps;
  expect(await doNext(deps, () => undefined)).toBe(true);
  expect(await getRun(db, null, made.runId)).toMatchObject({
    status: 'failed',
    error: {
      code: 'too_many_interruptions',
      message:
        'the run was interrupted 6 times, the last time because terraform plan had too little memory: give the worker more; retry or delete',
    },
  });
});

describe('a worker that lost its lease', () => {
  /** The run of worker a (epoch 1) was interrupted and taken by worker b (epoch 2). */
  beforeEach(async () => {
    await claim('a');
    await inTransaction(db, (tx) =>
      transition(tx, { runId: made.runId, to: 'interrupted', epoch: 1, message: 'test' }),
    );
    await claimOne(db, {
      runId: made.runId,
      from: 'interrupted',
      to: 'planning',
      owner: 'b',
      leaseSeconds: 45,
    });
  });
  const old = () => ({ runId: made.runId, epoch: 1 });
  const live = () => ({ runId: made.runId, epoch: 2 });

  test('cannot move the run', async () => {
    await expect(move('failed', 1)).rejects.toMatchObject({ code: 'lease_lost' });
    expect(await getRun(db, null, made.runId)).toMatchObject({
      status: 'planning',
      leaseOwner: 'b',
      interruptions: 1,
    });
  });

  test('is told so by its heartbeat, and the other is not', async () => {
    expect(await renewLease(db, { ...old(), leaseSeconds: 45 })).toEqual({
      alive: false,
      cancelRequested: false,
      forceCancelRequested: false,
    });
    expect(await renewLease(db, { ...live(), leaseSeconds: 45 })).toEqual({
      alive: true,
      cancelRequested: false,
      forceCancelRequested: false,
    });
  });

  test('cannot start an apply, write the log or the journal', async () => {
    expect(await markApplyStarted(db, old())).toBe(false);
    const late = appendLogs(db, { ...old(), phase: 'plan', lines: ['late'] });
    await expect(late).rejects.toMatchObject({ code: 'lease_lost' });
    await appendLogs(db, { ...live(), phase: 'plan', lines: ['one', 'two'] });
    const { items } = await listLogs(db, made.runId, { limit: 10 });
    expect(items.map(({ line }) => line)).toEqual(['one', 'two']);
    const entry = { address: 'a.b', resourceType: 'a', action: 'create', step: 'started' } as const;
    await expect(appendJournal(db, old(), entry)).rejects.toMatchObject({
      code: 'lease_lost',
      message: `run ${made.runId} was taken over by another worker`,
    });
    expect(await mayExist(db, made.environmentId)).toEqual([]);
    await appendJournal(db, live(), entry);
    expect(await mayExist(db, made.environmentId)).toMatchObject([{ address: 'a.b' }]);
  });

  test('cannot save a plan, phases or health', async () => {
    const { runId, environmentId, tenantId } = made;
    const plan = testPlan({ runId, environmentId });
    await expect(insertPlan(db, plan, 1)).rejects.toMatchObject({ code: 'lease_lost' });
    await insertPlan(db, plan, 2);
    const run = { runId, environmentId, tenantId };
    const phases = [{ name: 'health', durationMs: 1, budgetMs: 2, over: false } as const];
    const health = { overall: 'healthy' as const, components: {}, checkedAt: new Date().toISOString() };
    const kept = { health, startedAt: new Date(), keep: 5 };
    const writes = (leaseEpoch: number) => [
      inTransaction(db, (tx) => savePhases(tx, { ...run, leaseEpoch }, phases)),
      inTransaction(db, (tx) => keepRunHealth(tx, { ...run, leaseEpoch }, kept)),
    ];
    for (const write of await Promise.allSettled(writes(1)))
      expect(write).toMatchObject({ status: 'rejected', reason: { code: 'lease_lost' } });
    for (const write of await Promise.allSettled(writes(2)))
      expect(write).toMatchObject({ status: 'fulfilled' });
  });
});

describe('a lease', () => {
  test('that ran out is found, a live one is not', async () => {
    await claim('a', 45);
    expect((await expiredLeases(db)).map(({ runId }) => runId)).not.toContain(made.runId);
    await db.query(`update runs set lease_expires_at = now() - interval '1 second' where run_id = $1`, [
      made.runId,
    ]);
    expect(await expiredLeases(db)).toContainEqual({ runId: made.runId, epoch: 1 });
  });

  test('of this process is alive; one of a pid that was used again is dead; one of another machine is not judged', () => {
    const [host, namespace, pid] = thisOwner().split('/');
    expect(isOwnerDead(thisOwner())).toBe(false);
    expect(isOwnerDead([host, namespace, pid, '1'].join('/'))).toBe(true);
    expect(isOwnerDead(['elsewhere', namespace, pid, '1'].join('/'))).toBe(false);
  });
});

describe('a step', () => {
  test('that the machine does not have is refused with what is possible', async () => {
    await expect(move('awaiting_review')).rejects.toMatchObject({
      code: 'action_not_allowed',
      message: `run ${made.runId} is queued: it cannot become awaiting_review`,
      extra: { allowed_actions: ['cancel'] },
    });
  });

  test('a second active run of an environment is refused by name', async () => {
    const run = {
      ...made,
      runId: newId('run'),
      kind: 'create' as const,
      revision: 1,
      review: 'auto' as const,
      requestedBy: 'test',
      correlationId: 'test',
    };
    const opened = inTransaction(db, (tx) => openRun(tx, run, { status: 'queued', settled: 'failed' }));
    await expect(opened).rejects.toMatchObject({
      code: 'active_run',
      message: `environment ${made.environmentId} already has an active run ${made.runId}`,
    });
  });
});
