/** The only writer of `environments.state_restored`: the mark of a former state that a person put back. */
import type { Tx } from '../db/db.js';
import type { StateRestored } from '../environment/environment.js';

export async function markRestored(tx: Tx, environmentId: string, restored: StateRestored): Promise<void> {
  await tx.query(
    `update environments set state_restored = $2, updated_at = now() where environment_id = $1`,
    [environmentId, JSON.stringify(restored)],
  );
}

/** An apply has brought state and cloud together again. */
export async function settleRestored(tx: Tx, environmentId: string): Promise<void> {
  await tx.query(
    `update environments set state_restored = null where environment_id = $1 and state_restored is not null`,
    [environmentId],
  );
}
