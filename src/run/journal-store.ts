/** The apply journal: what terraform started and finished, written as it happens, so that a crash loses no resource. */
import type { Queryable } from '../db/db.js';
import { assertWritten } from './lease-fence.js';
import type { JournalTime } from './phase-rules.js';

export interface JournalLine {
  readonly address: string;
  readonly resourceType: string;
  readonly action: string;
  readonly step: 'started' | 'finished' | 'errored';
  readonly idKey?: string;
  readonly idValue?: string;
}

/** Appends entries in their order. Throws `lease_lost` for an old epoch. */
export async function appendJournal(
  db: Queryable,
  lease: { readonly runId: string; readonly epoch: number },
  ...entries: readonly JournalLine[]
): Promise<void> {
  const { rowCount } = await db.query(
    `insert into journal (run_id, epoch, address, resource_type, action, step, id_key, id_value)
     select $1, $2, address, resource_type, action, step, id_key, id_value
     from unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
       with ordinality as e (address, resource_type, action, step, id_key, id_value, n)
     where exists (select 1 from runs where run_id = $1 and lease_epoch = $2)
     order by n`,
    [
      lease.runId,
      lease.epoch,
      entries.map((entry) => entry.address),
      entries.map((entry) => entry.resourceType),
      entries.map((entry) => entry.action),
      entries.map((entry) => entry.step),
      entries.map((entry) => entry.idKey ?? null),
      entries.map((entry) => entry.idValue ?? null),
    ],
  );
  if (entries.length > 0) assertWritten(lease, rowCount);
}

/** When the resources of a run's apply were started and ended, in order. */
export async function journalTimes(db: Queryable, runId: string): Promise<JournalTime[]> {
  const { rows } = await db.query<JournalTime>(
    `select address, resource_type as "resourceType", step, created_at as at
     from journal where run_id = $1 order by sequence`,
    [runId],
  );
  return rows;
}

/** A resource that an apply may have created. */
export interface Created {
  readonly address: string;
  readonly resourceType: string;
  readonly idValue: string | null;
  readonly runId: string;
}

/**
 * What may exist in an environment: addresses whose newest entry is a create that started or finished, and creates of
 * an interrupted apply that the journal never heard of, for a worker can die between terraform's call and our line.
 */
export async function mayExist(db: Queryable, environmentId: string): Promise<Created[]> {
  const { rows: journaled } = await db.query<Created & { action: string; step: string }>(
    `select distinct on (j.address) j.address, j.resource_type as "resourceType", j.id_value as "idValue",
            j.run_id as "runId", j.action, j.step
     from journal j join runs r using (run_id) where r.environment_id = $1
     order by j.address, j.sequence desc`,
    [environmentId],
  );
  const { rows: unheard } = await db.query<Created>(
    `select c ->> 'address' as address, c ->> 'resource_type' as "resourceType", null as "idValue", r.run_id as "runId"
     from runs r join plans p on p.plan_id = r.plan_id cross join jsonb_array_elements(p.changes) c
     where r.environment_id = $1 and r.apply_started and r.interruptions > 0 and c ->> 'action' in ('create', 'replace')
       and not exists (select 1 from journal j join runs o using (run_id)
                       where o.environment_id = $1 and j.address = c ->> 'address' and j.run_id >= r.run_id)`,
    [environmentId],
  );
  return [...journaled.filter((row) => row.action === 'create' && row.step !== 'errored'), ...unheard];
}
