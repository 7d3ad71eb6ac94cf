import { expect, test } from '@jest/globals';
import { mayPass, waitBefore } from '../../src/run/retry-rules.js';

test('each wait is twice as long, a minute at most, and up to a quarter less', () => {
  expect([1, 2, 3, 4, 5, 6].map((attempt) => waitBefore(attempt, 5_000, 0))).toEqual([
    5_000, 10_000, 20_000, 40_000, 60_000, 60_000,
  ]);
  expect(waitBefore(1, 5_000, 1)).toBe(3_750);
});

test('only what the cloud may do better the next time is tried again', () => {
  expect(mayPass('cloud_unavailable')).toBe(true);
  expect(mayPass('session_expired')).toBe(true);
  expect(mayPass('apply_failed')).toBe(false);
  expect(mayPass('phase_timeout')).toBe(false);
  expect(mayPass('state_locked')).toBe(false);
});
