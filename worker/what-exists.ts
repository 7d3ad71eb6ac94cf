import { mayExist } from '../src/run/journal-store.js';
import type { WorkerDeps } from './deps.js';
import type { RunContext } from './run-context.js';
import { statesOf } from './states.js';

/** What an apply that was stopped has left, in words for its environment: counts, addresses, and what can be done. */
export async function whatExists(deps: WorkerDeps, ctx: RunContext): Promise<string> {
  const state = await (await statesOf(deps, ctx)).read();
  const known = (state?.resources ?? []).map(({ address }) => address);
  const maybe = (await mayExist(deps.db, ctx.run.environmentId))
    .map(({ address }) => address)
    .filter((address) => !known.includes(address));
  return existsText(known, maybe);
}

/** `known` are in the state, `maybe` were begun and are not: the next run looks for them. */
export function existsText(known: readonly string[], maybe: readonly string[]): string {
  if (known.length + maybe.length === 0)
    return 'nothing exists; retry starts again, delete ends the environment';
  const verb = known.length === 1 ? 'exists' : 'exist';
  const sure = known.length === 0 ? 'nothing is in the state' : `${counted(known)} ${verb}: ${listed(known)}`;
  const unsure = maybe.length === 0 ? '' : `; ${counted(maybe)} more may exist: ${listed(maybe)}`;
  return `${sure}${unsure}; retry goes on from there, delete removes what exists`;
}

function counted({ length }: readonly string[]): string {
  return `${length} ${length === 1 ? 'resource' : 'resources'}`;
}

const mostNamed = 10;

function listed(addresses: readonly string[]): string {
  const left = addresses.length - mostNamed;
  return `${addresses.slice(0, mostNamed).join(', ')}${left > 0 ? ` and ${left} others` : ''}`;
}
