/** One process of all does a thing: who holds an advisory lock of the database, on a connection of its own. */
import type { Db, Tx } from './db.js';

export interface Leadership {
  /** Whether this process leads now; takes the lead when nobody has it. The death of a process or of its connection frees it. */
  holds(): Promise<boolean>;
  release(): void;
}

export function createLeadership(db: Db, name: string): Leadership {
  let held: Tx | undefined;
  const lose = (tx: Tx) => {
    if (held !== tx) return;
    held = undefined;
    tx.release(true);
  };
  return {
    holds: async () => {
      if (held !== undefined) return true;
      const tx = await db.connect();
      try {
        const { rows } = await tx.query<{ got: boolean }>(
          'select pg_try_advisory_lock(hashtextextended($1, 0)) as got',
          [name],
        );
        if (rows[0]?.got !== true) {
          tx.release();
          return false;
        }
      } catch (error) {
        tx.release(true);
        throw error;
      }
      held = tx;
      tx.once('error', () => lose(tx));
      tx.once('end', () => lose(tx));
      return true;
    },
    release: () => held && lose(held),
  };
}
