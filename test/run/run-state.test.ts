import { describe, expect, test } from '@jest/globals';
import {
  allowedRunActions,
  canFollow,
  finalRunStatuses,
  isFinal,
  runStatuses,
  runTransitions,
  workedRunStatuses,
  type RunStatus,
} from '../../src/run/run-state.js';

/** The machine once more, as the design draws it: each row is a status and what may follow. */
const drawn: Record<RunStatus, string> = {
  queued: 'planning canceled failed',
  planning: 'no_changes succeeded awaiting_review approved failed canceled interrupted',
  awaiting_review: 'approved rejected expired stale canceled',
  approved: 'applying stale canceled failed',
  applying: 'verifying canceling rolling_back failed interrupted stale',
  verifying: 'succeeded canceling rolling_back failed interrupted',
  rolling_back: 'rolled_back failed interrupted',
  canceling: 'canceled failed interrupted',
  interrupted: 'planning applying verifying rolling_back canceled failed',
  no_changes: '',
  rejected: '',
  expired: '',
  stale: '',
  succeeded: '',
  failed: '',
  rolled_back: '',
  canceled: '',
};

describe('the run machine', () => {
  test.each(runStatuses.flatMap((from) => runStatuses.map((to) => [from, to] as const)))(
    '%s -> %s',
    (from, to) => {
      expect(canFollow(from, to)).toBe(drawn[from].split(' ').includes(to));
    },
  );

  test('the eight final statuses are those of the design', () => {
    expect([...finalRunStatuses].sort()).toEqual(
      ['canceled', 'expired', 'failed', 'no_changes', 'rejected', 'rolled_back', 'stale', 'succeeded'].sort(),
    );
  });

  test('every status can be reached from queued, and reaches a final one', () => {
    const reach = (start: RunStatus) => {
      const seen = new Set<RunStatus>([start]);
      for (const status of seen) for (const next of runTransitions[status]) seen.add(next);
      return seen;
    };
    expect([...reach('queued')].sort()).toEqual([...runStatuses].sort());
    for (const status of runStatuses) expect([...reach(status)].some(isFinal)).toBe(true);
  });

  test('whatever a worker holds can be interrupted', () => {
    for (const status of workedRunStatuses) expect(canFollow(status, 'interrupted')).toBe(true);
  });

  test.each(runStatuses)('what people may do while %s', (status) => {
    const allowed = allowedRunActions(status);
    expect(allowed.includes('approve')).toBe(status === 'awaiting_review');
    expect(allowed.includes('reject')).toBe(status === 'awaiting_review');
    if (isFinal(status))
      expect(allowed).toEqual(status === 'stale' || status === 'expired' ? ['replan'] : []);
  });
});
