import { describe, expect, test } from '@jest/globals';
import { giveUpAfterMs, nextAttempt, retryAfterMs } from '../../src/webhook/delivery-rules.js';

const startedAt = new Date('2026-01-01T00:00:00Z');
const after = (ms: number) => new Date(startedAt.getTime() + ms);

/** The pauses of a delivery that always fails, in seconds. */
function pauses(random: number): number[] {
  const found: number[] = [];
  let now = startedAt;
  for (let attempts = 1; ; attempts++) {
    const next = nextAttempt({ attempts, startedAt, now, random });
    if (next === null) return found;
    found.push((next.getTime() - now.getTime()) / 1000);
    now = next;
  }
}

describe('the next attempt', () => {
  test('comes ever later, the last one 24 hours after the first', () => {
    expect(pauses(0.5)).toEqual([
      5, 15, 45, 135, 405, 1215, 3645, 10_935, 14_400, 14_400, 14_400, 14_400, 12_400,
    ]);
    for (const random of [0, 0.3, 1]) {
      const all = pauses(random);
      expect(Math.round(all.reduce((sum, pause) => sum + pause, 0) * 1000)).toBe(giveUpAfterMs);
      expect(all[0]).toBe(4 + 2 * random);
    }
  });

  test('heeds what the receiver asks for, up to four hours', () => {
    const failed = { attempts: 1, startedAt, now: startedAt, random: 0.5 };
    expect(nextAttempt({ ...failed, waitMs: 60_000 })).toEqual(after(60_000));
    expect(nextAttempt({ ...failed, waitMs: 1 })).toEqual(after(5_000));
    expect(nextAttempt({ ...failed, waitMs: 1e12 })).toEqual(after(4 * 3_600_000));
  });
});

test.each([
  ['120', 120_000],
  ['Thu, 01 Jan 2026 00:01:00 GMT', 60_000],
  ['Wed, 31 Dec 2025 00:00:00 GMT', 0],
  ['soon', undefined],
  [undefined, undefined],
])('Retry-After %s is %s ms', (header, ms) => {
  expect(retryAfterMs(header, startedAt)).toBe(ms);
});
