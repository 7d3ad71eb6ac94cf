/** What is tried again by itself, and when. Pure. */
import type { ErrorCode } from '../errors/codes.js';

const passing: readonly ErrorCode[] = ['cloud_unavailable', 'session_expired', 'disk_full'];

export function mayPass(code: ErrorCode): boolean {
  return passing.includes(code);
}

const longestMs = 60_000;

/** Twice as long each time, a minute at most, and up to a quarter less, so that not all come back at once. `chance` is from 0 to 1. */
export function waitBefore(attempt: number, firstMs: number, chance: number): number {
  const whole = Math.min(longestMs, firstMs * 2 ** (attempt - 1));
  return Math.round(whole * (1 - chance / 4));
}
