import type { Queryable } from '../db/db.js';
import { faultsSchema, type Fault } from './faults.js';
import type { SandboxRun } from './sandbox-run.js';
import type { Identity } from './schema/overlay-type.js';
import type { ValueObject } from './values.js';

/** One thing that "really exists". Sensitive members of `value` are fingerprints. */
export interface SandboxObject {
  readonly type: string;
  readonly objectId: string;
  readonly environmentId: string;
  readonly runId: string;
  readonly accountId: string;
  readonly region: string;
  readonly value: ValueObject;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** The cloud account and region that an object belongs to. */
export type Scope = Pick<SandboxRun, 'accountId' | 'region'>;

const parentKey = (identity: Identity) =>
  identity.parent ? `${identity.parent.type}/${identity.parent.objectId}` : null;

export async function listSandboxObjects(db: Queryable, environmentId: string): Promise<SandboxObject[]> {
  const { rows } = await db.query<SandboxObject>(
    `select type, object_id as "objectId", environment_id as "environmentId", run_id as "runId",
            account_id as "accountId", region, value, created_at as "createdAt", updated_at as "updatedAt"
       from sandbox.objects where environment_id = $1 order by type, object_id`,
    [environmentId],
  );
  return rows;
}

export async function findObject(db: Queryable, scope: Scope, key: { type: string; objectId: string }) {
  const { rows } = await db.query<{ value: ValueObject }>(
    'select value from sandbox.objects where account_id = $1 and region = $2 and type = $3 and object_id = $4',
    [scope.accountId, scope.region, key.type, key.objectId],
  );
  return rows[0]?.value;
}

export interface NewObject {
  readonly type: string;
  readonly identity: Identity;
  readonly value: ValueObject;
}

/** False when an object of that id or natural key exists in the account and region. */
export async function insertObject(db: Queryable, run: SandboxRun, object: NewObject): Promise<boolean> {
  const { identity } = object;
  const { rowCount } = await db.query(
    `insert into sandbox.objects (account_id, region, type, object_id, natural_key, parent, environment_id, run_id, value)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing`,
    [
      run.accountId,
      run.region,
      object.type,
      identity.objectId,
      identity.naturalKey ?? identity.objectId,
      parentKey(identity),
      run.environmentId,
      run.runId,
      JSON.stringify(object.value),
    ],
  );
  return rowCount === 1;
}

export type UpdateResult = 'updated' | 'missing' | 'clash';

/** Writes a changed object, also under a new identity; `clash` when that one is taken. */
export async function updateObject(
  db: Queryable,
  run: SandboxRun,
  object: NewObject,
  formerId: string,
): Promise<UpdateResult> {
  const { identity, type } = object;
  try {
    const { rowCount } = await db.query(
      `update sandbox.objects
          set object_id = $5, natural_key = $6, parent = $7, environment_id = $8, run_id = $9, value = $10, updated_at = now()
        where account_id = $1 and region = $2 and type = $3 and object_id = $4`,
      [
        run.accountId,
        run.region,
        type,
        formerId,
        identity.objectId,
        identity.naturalKey ?? identity.objectId,
        parentKey(identity),
        run.environmentId,
        run.runId,
        JSON.stringify(object.value),
      ],
    );
    return rowCount === 1 ? 'updated' : 'missing';
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === '23505') return 'clash';
    throw error;
  }
}

/** Replaces what is stored of an object, whoever made it: how drift comes about. */
export async function overwriteValue(
  db: Queryable,
  scope: Scope,
  object: { type: string; objectId: string; value: ValueObject },
): Promise<void> {
  await db.query(
    `update sandbox.objects set value = $5, updated_at = now()
      where account_id = $1 and region = $2 and type = $3 and object_id = $4`,
    [scope.accountId, scope.region, object.type, object.objectId, JSON.stringify(object.value)],
  );
}

/** Whether anything of the types lives in the object. */
export async function isHeld(
  db: Queryable,
  scope: Scope,
  object: { type: string; objectId: string; by: readonly string[] },
): Promise<boolean> {
  const { rows } = await db.query<{ held: boolean }>(
    `select exists (select from sandbox.objects
       where account_id = $1 and region = $2 and parent = $3 and type = any($4::text[])) as held`,
    [scope.accountId, scope.region, `${object.type}/${object.objectId}`, object.by],
  );
  return rows[0]?.held === true;
}

/** Removes an object and all that lives in it. Removing what is not there is no error. */
export async function deleteObject(
  db: Queryable,
  scope: Scope,
  key: { type: string; objectId: string },
): Promise<void> {
  await db.query(
    `with recursive doomed as (
       select type, object_id from sandbox.objects
        where account_id = $1 and region = $2 and type = $3 and object_id = $4
       union
       select child.type, child.object_id from sandbox.objects child
         join doomed on child.parent = doomed.type || '/' || doomed.object_id
        where child.account_id = $1 and child.region = $2
     )
     delete from sandbox.objects o using doomed
      where o.account_id = $1 and o.region = $2 and o.type = doomed.type and o.object_id = doomed.object_id`,
    [scope.accountId, scope.region, key.type, key.objectId],
  );
}

/** A fault with its number in the store. */
export interface StoredFault {
  readonly faultId: string;
  readonly fault: Fault;
}

/** Replaces the faults of an environment; an empty list ends them all, and lets hanging calls go on. */
export async function setFaults(
  db: Queryable,
  environmentId: string,
  faults: readonly Fault[],
): Promise<void> {
  const parsed = faultsSchema.parse(faults);
  const remaining = parsed.map((fault) => fault.times ?? null);
  await db.query(
    `with removed as (delete from sandbox.faults where environment_id = $1)
     insert into sandbox.faults (environment_id, fault, remaining)
     select $1, fault, remaining
       from unnest($2::jsonb[], $3::int[]) with ordinality as given (fault, remaining, position) order by position`,
    [environmentId, parsed.map((fault) => JSON.stringify(fault)), remaining],
  );
}

/** The faults still to come, `times` being how often each will strike. */
export async function getFaults(db: Queryable, environmentId: string): Promise<Fault[]> {
  return (await listFaults(db, environmentId)).map((stored) => stored.fault);
}

export async function listFaults(db: Queryable, environmentId: string): Promise<StoredFault[]> {
  const { rows } = await db.query<{ faultId: string; fault: object; remaining: number | null }>(
    `select fault_id as "faultId", fault, remaining from sandbox.faults
      where environment_id = $1 and remaining is distinct from 0 order by fault_id`,
    [environmentId],
  );
  const faults = faultsSchema.parse(
    rows.map(({ fault, remaining }) => ({ ...fault, times: remaining ?? undefined })),
  );
  return faults.map((fault, i) => ({ faultId: rows[i]?.faultId ?? '', fault }));
}

/** Uses a fault up by one; false when nothing of it was left. */
export async function takeFault(db: Queryable, faultId: string): Promise<boolean> {
  const { rowCount } = await db.query(
    `update sandbox.faults set remaining = remaining - 1 where fault_id = $1 and remaining is distinct from 0`,
    [faultId],
  );
  return rowCount === 1;
}
