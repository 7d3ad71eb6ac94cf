import { setTimeout as delay } from 'node:timers/promises';
import { pingDatabase } from '../src/metrics/ping.js';
import type { AppDeps } from './deps.js';

const limitMs = 2000;

/** What must answer before requests are welcome, and whether it does within two seconds. */
export async function checkReadiness({
  db,
  queueDepth,
  draining,
}: AppDeps): Promise<Readonly<Record<string, boolean>>> {
  const [database, queue] = await Promise.all([answers(() => pingDatabase(db)), answers(queueDepth)]);
  return draining?.aborted === true ? { database, queue, serving: false } : { database, queue };
}

async function answers(ask: () => Promise<unknown>): Promise<boolean> {
  const waiting = new AbortController();
  const late = delay(limitMs, false, { signal: waiting.signal, ref: false }).catch(() => false);
  try {
    return await Promise.race([ask().then(() => true), late]);
  } catch {
    return false;
  } finally {
    waiting.abort();
  }
}
