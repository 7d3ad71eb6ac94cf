/** Keeps a flood of refusals from becoming a flood of rows: the first few of a kind are told one by one, the rest as a count. */

const windowMs = 60_000;
const toldEach = 20;
const mostKinds = 5_000;

export interface Told<T> {
  readonly line: T;
  /** Refusals of that kind before this one that were counted and not told. */
  readonly repeated: number;
}

export interface RefusalGate<T> {
  /** The lines to write now: this one, none, or also the last of kinds whose minute is over with their counts. */
  pass(kind: string, line: T): Told<T>[];
}

interface Kind<T> {
  readonly since: number;
  seen: number;
  held: Told<T> | undefined;
}

/** `nowMs` is a clock in milliseconds that never goes back. */
export function createRefusalGate<T>(nowMs: () => number = () => performance.now()): RefusalGate<T> {
  const kinds = new Map<string, Kind<T>>();
  const over = (): Told<T>[] => {
    const told: Told<T>[] = [];
    for (const [name, kind] of kinds) {
      if (nowMs() - kind.since < windowMs) break;
      kinds.delete(name);
      if (kind.held !== undefined) told.push(kind.held);
    }
    return told;
  };
  return {
    pass: (name, line) => {
      const told = over();
      const key = kinds.has(name) || kinds.size < mostKinds ? name : '';
      const kind = kinds.get(key) ?? { since: nowMs(), seen: 0, held: undefined };
      kinds.set(key, kind);
      kind.seen += 1;
      if (kind.seen <= toldEach) return [...told, { line, repeated: 0 }];
      kind.held = { line, repeated: kind.seen - toldEach - 1 };
      return told;
    },
  };
}
