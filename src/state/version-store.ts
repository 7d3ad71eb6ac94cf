/** The versions of a state as people see them. Written by state-store.ts. */
import type { Queryable } from '../db/db.js';
import { toPage, type Page, type PageRequest } from '../lib/page.js';
import type { StoredVersion } from './state-store.js';

export interface StateVersion extends StoredVersion {
  readonly environmentId: string;
  readonly sizeBytes: number;
  readonly resourceCount: number;
  /** Of the object in the customer's bucket that has the state; null where it is kept here. */
  readonly objectVersion: string | null;
  /** Null = put back by a person. */
  readonly runId: string | null;
  readonly restoredFrom: number | null;
  readonly restoredBy: string | null;
  readonly restoreReason: string | null;
  readonly createdAt: Date;
}

const columns = `state_version_id as "stateVersionId", environment_id as "environmentId", serial, lineage, sha256,
  size_bytes as "sizeBytes", resource_count as "resourceCount", object_version as "objectVersion", run_id as "runId",
  restored_from as "restoredFrom", restored_by as "restoredBy", restore_reason as "restoreReason", created_at as "createdAt"`;

/** Newest first; `after` is the serial last seen. Without what is sealed. */
export async function listStateVersions(
  db: Queryable,
  environmentId: string,
  page: PageRequest,
): Promise<Page<StateVersion>> {
  const { rows } = await db.query<StateVersion>(
    `select ${columns}, null as ciphertext from state_versions
     where environment_id = $1 and ($2::bigint is null or serial < $2) order by serial desc limit $3`,
    [environmentId, page.after ?? null, page.limit + 1],
  );
  return toPage(rows, page.limit, (version) => String(version.serial));
}

/** One with what is sealed, or null. */
export async function findStateVersion(
  db: Queryable,
  environmentId: string,
  serial: number,
): Promise<StateVersion | null> {
  const { rows } = await db.query<StateVersion>(
    `select ${columns}, ciphertext from state_versions where environment_id = $1 and serial = $2`,
    [environmentId, serial],
  );
  return rows[0] ?? null;
}
