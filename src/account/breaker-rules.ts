/** When an account is left alone in a region because its cloud fails again and again. Pure. */

export type BreakerState = 'closed' | 'open' | 'half_open';

export interface Breaker {
  readonly region: string;
  /** In a row. */
  readonly failures: number;
  /** Null = closed. */
  readonly openUntil: Date | null;
  readonly lastError: string | null;
  readonly lastFailureAt: Date | null;
}

/** Open until its time is over; then one run tries, and its success closes it. */
export function breakerState({ openUntil }: Pick<Breaker, 'openUntil'>, now: Date): BreakerState {
  if (openUntil === null) return 'closed';
  return openUntil > now ? 'open' : 'half_open';
}
