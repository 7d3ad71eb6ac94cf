import type { Queryable } from '../db/db.js';

export interface MemoryWaits {
  readonly waits: number;
  readonly seconds: number;
}

/** Counts waits of workers for memory; beside the clock of claims, which is the one row that all workers share. */
export async function noteMemoryWait(db: Queryable, { waits, seconds }: MemoryWaits): Promise<void> {
  await db.query(
    `update claim_clock set memory_waits = memory_waits + $1, memory_wait_seconds = memory_wait_seconds + $2`,
    [waits, seconds],
  );
}

/** All that were counted, of all workers. */
export async function readMemoryWaits(db: Queryable): Promise<MemoryWaits> {
  const { rows } = await db.query<MemoryWaits>(
    `select memory_waits as waits, memory_wait_seconds as seconds from claim_clock`,
  );
  return rows[0] ?? { waits: 0, seconds: 0 };
}
