import { sha256 } from '../../src/lib/hash.js';

const first = 20_000;
const count = 10_000;

export interface PublishedPorts {
  readonly environmentId: string;
  /** Names of the workloads that serve. */
  readonly names: readonly string[];
  /** Ports that the caller has chosen, by workload. */
  readonly given: Readonly<Record<string, number>>;
}

/** The port of the machine's loopback address for each workload: the given one, or one from 20000 to 29999 that environment and name
 *  lead to, so that it stays when workloads come and go. Two environments may be led to one port: Docker then refuses the second. */
export function publishedPorts({ environmentId, names, given }: PublishedPorts): ReadonlyMap<string, number> {
  const chosen = new Map(Object.entries(given).filter(([name]) => names.includes(name)));
  const taken = new Set(chosen.values());
  for (const name of names.filter((one) => !chosen.has(one)).sort()) {
    let offset = Number.parseInt(sha256(`${environmentId}/${name}`).slice(0, 8), 16) % count;
    while (taken.has(first + offset)) offset = (offset + 1) % count;
    taken.add(first + offset);
    chosen.set(name, first + offset);
  }
  return chosen;
}
