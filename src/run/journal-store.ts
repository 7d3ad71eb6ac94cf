/** The apply journal: what terraform started and finished, written as it happens, so that a crash loses no resource. */
import type { Queryable } from '../db/db.js';

export interface JournalLine {
  readonly address: string;
  readonly resourceType: string;
  readonly action: string;
  readonly step: 'started' | 'finished' | 'errored';
  readonly idKey?: string;
  readonly idValue?: string;
}

/** Appends one entry, fenced by the lease epoch. */
export async function appendJournal(
  db: Queryable,
  lease: { readonly runId: string; readonly epoch: number },
  entry: JournalLine,
): Promise<void> {
  await db.query(
    `insert into journal (run_id, epoch, address, resource_type, action, step, id_key, id_value)
     select $1, $2, $3, $4, $5, $6, $7, $8 where exists (select 1 from runs where run_id = $1 and lease_epoch = $2)`,
    [
      lease.runId,
      lease.epoch,
      entry.address,
      entry.resourceType,
      entry.action,
      entry.step,
      entry.idKey ?? null,
      entry.idValue ?? null,
    ],
  );
}

export interface Created {
  readonly address: string;
  readonly resourceType: string;
  readonly idValue: string | null;
  readonly runId: string;
}

/** Addresses whose newest entry in the environment's history is a create that started or finished: they may exist. */
export async function createdByJournal(db: Queryable, environmentId: string): Promise<Created[]> {
  const { rows } = await db.query<Created & { action: string; step: string }>(
    `select distinct on (j.address) j.address, j.resource_type as "resourceType", j.id_value as "idValue",
            j.run_id as "runId", j.action, j.step
     from journal j join runs r using (run_id) where r.environment_id = $1
     order by j.address, j.sequence desc`,
    [environmentId],
  );
  return rows.filter((row) => row.action === 'create' && row.step !== 'errored');
}
