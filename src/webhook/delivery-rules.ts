/** When a delivery is tried again, when it is given up, and when its webhook is. Pure. */

const secondMs = 1000;
const hourMs = 3_600_000;

/** A delivery that has failed for this long is given up. */
export const giveUpAfterMs = 24 * hourMs;
/** A webhook none of whose deliveries succeeded for this long is disabled when one more is given up. */
export const disableAfterMs = 72 * hourMs;
/** After so many attempts, later events of the same environment are sent before this one. */
export const attemptsInOrder = 4;
const firstPauseMs = 5 * secondMs;
const longestPauseMs = 4 * hourMs;

export interface FailedAttempt {
  /** This one included. */
  readonly attempts: number;
  /** When the first of them was due. */
  readonly startedAt: Date;
  readonly now: Date;
  /** What the receiver asked for (`Retry-After`). */
  readonly waitMs?: number | undefined;
  /** From 0 to 1: spreads the retries of many deliveries. */
  readonly random: number;
}

/**
 * 5 s after the first attempt, then three times as long after each, at most 4 h, each up to a fifth shorter or longer; the last
 * attempt comes 24 h after the first was due. Null = given up.
 */
export function nextAttempt(failed: FailedAttempt): Date | null {
  const endMs = failed.startedAt.getTime() + giveUpAfterMs;
  const nowMs = failed.now.getTime();
  if (nowMs >= endMs) return null;
  const pauseMs = Math.min(longestPauseMs, firstPauseMs * 3 ** (failed.attempts - 1));
  const spreadMs = pauseMs * (0.8 + 0.4 * failed.random);
  const waitMs = Math.max(spreadMs, Math.min(failed.waitMs ?? 0, longestPauseMs));
  return new Date(Math.min(nowMs + Math.round(waitMs), endMs));
}

/** `Retry-After` in milliseconds, both forms (RFC 9110, 10.2.3); undefined for anything else. */
export function retryAfterMs(header: string | undefined, now: Date): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,9}$/.test(header)) return Number(header) * secondMs;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now.getTime());
}
