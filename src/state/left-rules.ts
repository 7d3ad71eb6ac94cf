/** What a state that could not be stored knows beyond the stored ones. Pure. */
import type { State, StateResource } from './state-rules.js';

/**
 * Addresses of the left state's objects that none of the stored states has under the same id. All else that it tells
 * is found anew by terraform's refresh, so that nothing is lost with it.
 */
export function knownToLeftAlone(left: State, ...stored: readonly (State | null)[]): string[] {
  const known = new Set(stored.flatMap((state) => state?.resources.map(keyOf) ?? []));
  return left.resources.filter((one) => !known.has(keyOf(one))).map(({ address }) => address);
}

function keyOf({ address, values }: StateResource): string {
  return JSON.stringify([address, values['id'] ?? null]);
}

const mostNamed = 10;

/** The reason of `state_diverged`, for people. */
export function leftText(
  left: { readonly runId: string; readonly serial: number },
  lost: readonly string[],
  stored: Pick<State, 'serial'> | null,
): string {
  const more = lost.length - mostNamed;
  const names = `${lost.slice(0, mostNamed).join(', ')}${more > 0 ? ` and ${more} others` : ''}`;
  const there = stored === null ? 'no state' : `state ${stored.serial}`;
  return `run ${left.runId} left state ${left.serial}, which could not be stored; ${there} is stored, without ${names}`;
}
