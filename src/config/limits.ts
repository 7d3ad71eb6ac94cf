import type { Config } from './config.js';

/** A time limit and the setting that it comes from. */
export interface Limit {
  readonly name: string;
  readonly ms: number;
}

/** A limit of several steps together: over at a moment of `performance.now()`. */
export interface Deadline extends Limit {
  readonly at: number;
}

export function deadlineOf(limit: Limit): Deadline {
  return { ...limit, at: performance.now() + limit.ms };
}

type OwnLimit = 'PLAN_TIMEOUT' | 'APPLY_TIMEOUT' | 'DESTROY_TIMEOUT';
type Limits = Pick<Config, OwnLimit | 'PROVISIONING_TIMEOUT'>;

/** The limit of a phase: its own setting, or the one for all. */
export function limitOf(config: Limits, own: OwnLimit): Limit {
  const seconds = {
    PLAN_TIMEOUT: config.PLAN_TIMEOUT,
    APPLY_TIMEOUT: config.APPLY_TIMEOUT,
    DESTROY_TIMEOUT: config.DESTROY_TIMEOUT,
  }[own];
  const name = seconds === undefined ? 'PROVISIONING_TIMEOUT' : own;
  return { name, ms: (seconds ?? config.PROVISIONING_TIMEOUT) * 1000 };
}

/** What an error says of the limit that was hit; see `recordError`. */
export function limitHit({ name, ms }: Limit): { readonly limit: string; readonly limit_seconds: number } {
  return { limit: name, limit_seconds: ms / 1000 };
}
