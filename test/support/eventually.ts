import { setTimeout as delay } from 'node:timers/promises';

/** Asks every few milliseconds until the answer is truthy and returns it; throws after the deadline with `what`. */
export async function eventually<T>(
  what: string,
  ask: () => T | Promise<T>,
  limitMs = 20_000,
): Promise<NonNullable<T>> {
  for (const deadline = Date.now() + limitMs; Date.now() < deadline; await delay(15)) {
    const answer = await ask();
    if (answer) return answer;
  }
  throw new Error(`not within ${limitMs} ms: ${what}`);
}
