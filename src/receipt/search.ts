/** How a place is searched until it is empty or the time for it is over. */
import { setTimeout } from 'node:timers/promises';
import { toAppError } from '../errors/app-error.js';
import { codeOf } from '../errors/error-code.js';
import type { Found, Place } from './receipt.js';

/** What one look at a place found. */
export interface Look {
  readonly found: readonly Found[];
  /** Kept on purpose, though marked as the environment's. */
  readonly retained: readonly Found[];
  /** What of the place may not be searched. */
  readonly refused?: string;
}

export interface Patience {
  /** How long what is found is asked for again. */
  readonly waitMs: number;
  readonly againMs: number;
  /** Throws its reason. */
  readonly signal: AbortSignal;
}

export interface Searched {
  readonly place: Place;
  readonly retained: readonly Found[];
}

/**
 * Looks again while something is there: what clouds list lags behind what they did, and clusters delete in their own time. A place
 * that refuses is told with its reason, never as empty.
 */
export async function searchPlace(
  place: string,
  look: () => Promise<Look>,
  { waitMs, againMs, signal }: Patience,
): Promise<Searched> {
  const until = performance.now() + waitMs;
  for (;;) {
    signal.throwIfAborted();
    const seen = await tryLook(look);
    signal.throwIfAborted();
    const done = 'refusal' in seen ? !seen.mayPass : seen.found.length === 0;
    if (done || performance.now() + againMs > until) {
      if ('refusal' in seen) return { place: { place, found: null, reason: seen.refusal }, retained: [] };
      const { found, retained, refused: reason = null } = seen;
      return {
        place: { place, found: reason !== null && found.length === 0 ? null : found, reason },
        retained,
      };
    }
    await setTimeout(againMs, undefined, { signal }).catch(() => undefined);
  }
}

async function tryLook(look: () => Promise<Look>): Promise<Look | { refusal: string; mayPass: boolean }> {
  try {
    return await look();
  } catch (error) {
    const { message, retryable } = toAppError(error);
    return { refusal: message, mayPass: retryable };
  }
}

/** Of a place to which no connection came about. */
export function silence(error: unknown): string {
  const code = codeOf(error);
  return `it does not answer${code === undefined ? '' : ` (${String(code)})`}`;
}
