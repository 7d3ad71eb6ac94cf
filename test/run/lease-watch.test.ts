import { describe, expect, test } from '@jest/globals';
import { createLeaseWatch } from '../../src/run/lease-watch.js';

const lease = 45_000;
const longAgo = -3_600_000;

/** Looks at these times, at a database started at `startedAt` whose clock is `ahead` of ours. */
function watched(looks: readonly (number | [at: number, ahead: number] | 'away')[], startedAt = longAgo) {
  const watch = createLeaseWatch(lease);
  for (const look of looks) {
    if (look === 'away') watch.missed();
    else {
      const [askedAt, ahead] = typeof look === 'number' ? [look, 0] : look;
      watch.saw({ askedAt, databaseNow: askedAt + ahead, databaseStartedAt: startedAt });
    }
  }
  return watch;
}

describe('silence is judged', () => {
  test.each([
    ['never before a look', [], 1e9, false],
    ['not before the database was up for a whole lease', [0, 15_000, 30_000], 44_999, false],
    ['when it was', [0, 15_000, 30_000], 45_000, true],
    ['not just after it was away', [0, 45_000, 'away', 60_000], 90_000, false],
    ['not while it is away', [0, 45_000, 'away'], 90_000, false],
    ['a whole lease after it came back', [0, 45_000, 'away', 60_000], 105_000, true],
    ['not just after its clock jumped ahead', [0, 45_000, [60_000, 3_600_000]], 60_001, false],
    ['a whole lease after the jump', [0, [60_000, 3_600_000], [105_000, 3_600_000]], 105_000, true],
    [
      'whatever the difference of the clocks, while it stays',
      [
        [0, 9e9],
        [45_000, 9e9],
      ],
      45_000,
      true,
    ],
  ] as const)('%s', (_, looks, now, judged) => {
    expect(watched(looks as never).mayJudge(now)).toBe(judged);
  });

  test('not just after the database was started, even by who never saw it away', () => {
    const watch = watched([0, 45_000, 50_000], 40_000);
    expect(watch.mayJudge(84_999)).toBe(false);
    expect(watch.mayJudge(85_000)).toBe(true);
  });
});
