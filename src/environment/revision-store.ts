/** Revisions: numbered specs of an environment that never change. */
import type { Queryable } from '../db/db.js';
import { appError } from '../errors/app-error.js';
import { toPage, type Page, type PageRequest } from '../lib/page.js';
import type { RequestedTotals } from '../spec/blueprint.js';

export interface Revision {
  readonly environmentId: string;
  readonly number: number;
  readonly blueprint: string;
  readonly spec: unknown;
  /** The earlier revision that a rollback copied. */
  readonly copyOf: number | null;
  /** What the spec asks for in all: the quota of the tenant is counted from it. */
  readonly totals: RequestedTotals;
  readonly createdBy: string;
  readonly createdAt: Date;
}

const columns = `environment_id as "environmentId", number, blueprint, spec, copy_of as "copyOf",
  json_build_object('cpuCores', cpu_cores, 'memoryGb', memory_gb, 'storageGb', storage_gb, 'gpu', gpu) as totals,
  created_by as "createdBy", created_at as "createdAt"`;

export async function insertRevision(
  tx: Queryable,
  revision: Omit<Revision, 'createdAt' | 'copyOf'> & { readonly copyOf?: number },
): Promise<void> {
  await tx.query(
    `insert into revisions (environment_id, number, blueprint, spec, copy_of, created_by, cpu_cores, memory_gb, storage_gb, gpu)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      revision.environmentId,
      revision.number,
      revision.blueprint,
      JSON.stringify(revision.spec),
      revision.copyOf ?? null,
      revision.createdBy,
      revision.totals.cpuCores,
      revision.totals.memoryGb,
      revision.totals.storageGb,
      revision.totals.gpu ?? 0,
    ],
  );
}

/** One revision; `not_found` when the environment, which the caller may see, has none of that number. */
export async function getRevision(db: Queryable, environmentId: string, number: number): Promise<Revision> {
  const { rows } = await db.query<Revision>(
    `select ${columns} from revisions where environment_id = $1 and number = $2`,
    [environmentId, number],
  );
  if (rows[0] === undefined)
    throw appError('not_found', `environment ${environmentId} has no revision ${number}`);
  return rows[0];
}

/** Revisions newest first; `after` is the number last seen. */
export async function listRevisions(
  db: Queryable,
  environmentId: string,
  page: PageRequest,
): Promise<Page<Revision>> {
  const { rows } = await db.query<Revision>(
    `select ${columns} from revisions
     where environment_id = $1 and ($2::bigint is null or number < $2) order by number desc limit $3`,
    [environmentId, page.after === undefined ? null : Number(page.after), page.limit + 1],
  );
  return toPage(rows, page.limit, (revision) => String(revision.number));
}
