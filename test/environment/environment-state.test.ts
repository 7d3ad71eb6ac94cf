import { describe, expect, test } from '@jest/globals';
import {
  allowedEnvironmentActions,
  environmentStatusAfter,
  environmentStatuses,
  type EnvironmentStatus,
} from '../../src/environment/environment-state.js';
import { runKinds, runStatuses, type RunKind, type RunStatus } from '../../src/run/run-state.js';

/** What a drift check does is tested on its own. */
const changingKinds = runKinds.filter((kind) => kind !== 'drift_check');
const after = (kind: RunKind, status: RunStatus, applyStarted = false) =>
  environmentStatusAfter({ kind, status, applyStarted }, { status: 'updating', settled: 'ready' });

describe('the status of an environment follows from its run', () => {
  test.each<[RunKind, RunStatus, boolean, EnvironmentStatus]>([
    ['create', 'queued', false, 'queued'],
    ['create', 'planning', false, 'planning'],
    ['create', 'awaiting_review', false, 'awaiting_review'],
    ['create', 'applying', true, 'provisioning'],
    ['create', 'verifying', true, 'bootstrapping'],
    ['create', 'succeeded', true, 'ready'],
    ['create', 'no_changes', false, 'ready'],
    ['create', 'failed', true, 'failed'],
    ['create', 'rolled_back', true, 'rolled_back'],
    ['update', 'applying', true, 'updating'],
    ['rollback', 'applying', true, 'rolling_back'],
    ['destroy', 'queued', false, 'destroy_queued'],
    ['destroy', 'awaiting_review', false, 'destroy_queued'],
    ['destroy', 'applying', true, 'destroying'],
    ['destroy', 'verifying', true, 'destroying'],
    ['destroy', 'succeeded', true, 'destroyed'],
    ['destroy', 'no_changes', false, 'destroyed'],
    ['destroy', 'failed', true, 'failed'],
  ])('%s %s, apply started %s -> %s', (kind, status, applyStarted, expected) => {
    expect(after(kind, status, applyStarted)).toBe(expected);
  });

  test.each<RunStatus>(['rejected', 'expired', 'canceled', 'failed'])(
    'a run %s before its apply leaves the environment where it rested',
    (status) => {
      for (const kind of changingKinds) expect(after(kind, status)).toBe('ready');
    },
  );

  test('a run canceled in its apply leaves it failed: something may exist', () => {
    for (const kind of changingKinds) expect(after(kind, 'canceled', true)).toBe('failed');
  });

  test('an interruption shows nothing: the run goes on', () => {
    for (const kind of runKinds) expect(after(kind, 'interrupted', true)).toBe('updating');
  });

  test.each(runStatuses)('a drift check that is %s moves nothing', (status) => {
    expect(after('drift_check', status)).toBe('updating');
  });

  test('every pair gives a status', () => {
    for (const kind of runKinds)
      for (const status of runStatuses)
        for (const started of [true, false])
          expect(environmentStatuses).toContain(after(kind, status, started));
  });

  test('nothing but another wish is offered while a run is under way, and nothing when it is over', () => {
    const open = environmentStatuses.filter((status) => allowedEnvironmentActions(status).length > 0);
    expect(open.sort()).toEqual(['awaiting_review', 'failed', 'ready', 'rolled_back']);
    expect(allowedEnvironmentActions('awaiting_review')).toEqual(['update', 'rollback']);
  });
});
