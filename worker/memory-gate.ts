/** Whether one more terraform fits into memory. One that started a moment ago has not grown yet: its share is kept for it. */

export interface MemoryGate {
  /** Keeps room for one terraform; null = there is none. Call what it returns when the terraform has ended. */
  enter(): (() => void) | null;
  /** Whether `enter` would give room. */
  hasRoom(): boolean;
}

export interface MemoryGateProps {
  /** What one terraform takes, in MB of 2^20 bytes; 0 = everything fits. */
  readonly needMb: number;
  /** What new processes may take, in bytes. */
  available(): number;
  /** Milliseconds of a clock that only goes forward. @default - that of the process */
  readonly now?: () => number;
}

/** After this long what a terraform takes is seen in what is available. */
const grownAfterMs = 10_000;

export function createMemoryGate({
  needMb,
  available,
  now = () => performance.now(),
}: MemoryGateProps): MemoryGate {
  const young = new Map<symbol, number>();
  const hasRoom = () => {
    for (const [one, startedAt] of young) if (now() - startedAt >= grownAfterMs) young.delete(one);
    return needMb === 0 || available() >= needMb * 2 ** 20 * (young.size + 1);
  };
  return {
    hasRoom,
    enter: () => {
      if (!hasRoom()) return null;
      const one = Symbol('terraform');
      young.set(one, now());
      return () => void young.delete(one);
    },
  };
}
