import { setTimeout as delay } from 'node:timers/promises';

/** Asks every few milliseconds until the answer is truthy and returns it; throws after the deadline with `what`. */
export async function eventually<T>(
  what: string,
  ask: () => T | Promise<T>,
  limitMs = 20_000,
): Promise<NonNullable<T>> {
  const deadline = Date.now() + limitMs;
  for (let waitMs = 15; Date.now() < deadline; waitMs = Math.min(waitMs * 1.3, 60)) {
    const answer = await ask();
    if (answer) return answer;
    await delay(waitMs);
  }
  throw new Error(`not within ${limitMs} ms: ${what}`);
}
