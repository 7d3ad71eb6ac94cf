import type { Queryable } from '../db/db.js';

export interface MemoryWaits {
  readonly waits: number;
  readonly seconds: number;
}

/** Counts waits of workers for memory, and keeps what is waited for, null = no more; beside the clock of claims, which is the one row that all workers share. */
export async function noteMemoryWait(
  db: Queryable,
  { waits, seconds, lackMb }: MemoryWaits & { readonly lackMb: number | null },
): Promise<void> {
  await db.query(
    `update claim_clock set memory_waits = memory_waits + $1, memory_wait_seconds = memory_wait_seconds + $2,
       memory_lack_mb = $3, memory_lack_at = now()`,
    [waits, seconds, lackMb],
  );
}

/** What the worker that told last has not free for one more terraform, in MB; null = it has, or was silent for two minutes. */
export async function memoryLack(db: Queryable): Promise<number | null> {
  const { rows } = await db.query<{ mb: number | null }>('select memory_lack() as mb');
  return rows[0]?.mb ?? null;
}

/** All that were counted, of all workers. */
export async function readMemoryWaits(db: Queryable): Promise<MemoryWaits> {
  const { rows } = await db.query<MemoryWaits>(
    `select memory_waits as waits, memory_wait_seconds as seconds from claim_clock`,
  );
  return rows[0] ?? { waits: 0, seconds: 0 };
}
