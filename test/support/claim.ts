import { inTransaction, type Db } from '../../src/db/db.js';
import { claimRun, type Claim } from '../../src/run/lease-store.js';
import type { Run } from '../../src/run/run.js';

/** Claims that run, whether or not it is its turn; null = it cannot be taken. */
export function claimOne(db: Db, claim: Claim): Promise<Run | null> {
  return inTransaction(db, (tx) => claimRun(tx, claim));
}
