import { setTimeout as delay } from 'node:timers/promises';
import { healthOf, mayImprove } from '../src/health/health.js';
import type { Health } from '../src/environment/environment.js';
import type { Probe } from './health-probe.js';

export interface Patience {
  /** 0 = look once. */
  readonly limitMs: number;
  readonly signal: AbortSignal;
}

const firstPauseMs = 200;
const longestPauseMs = 5000;
const lookLimitMs = 30_000;

/** Looks until all is well, nothing is left that may pass by itself, or the time is over; tells what the last look found. */
export async function awaitHealth(probe: Probe, { limitMs, signal }: Patience): Promise<Health> {
  const deadline = performance.now() + limitMs;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    const look = AbortSignal.any([signal, AbortSignal.timeout(lookLimitMs)]);
    const findings = await probe.look(look);
    signal.throwIfAborted();
    const leftMs = deadline - performance.now();
    if (!mayImprove(findings) || leftMs <= 0) return healthOf(findings, new Date());
    await delay(Math.min(pauseMs, leftMs), undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}
