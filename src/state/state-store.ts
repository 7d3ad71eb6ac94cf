/** States and their locks in PostgreSQL. Every write is fenced by the lease epoch of the run that makes it. */
import type { Keyring } from '../crypto/envelope.js';
import type { Db, Queryable, Tx } from '../db/db.js';
import { appError } from '../errors/app-error.js';
import { newId } from '../lib/ids.js';
import { parseState, type State, type Version } from './state-rules.js';

/** Who writes: a run under a lease. */
export interface Writer {
  readonly environmentId: string;
  readonly runId: string;
  readonly epoch: number;
}

export interface StoredVersion extends Version {
  readonly stateVersionId: string;
  /** Null where the customer's bucket has the state. */
  readonly ciphertext: Buffer | null;
}

/** The newest version, or null while there is none. */
export async function latestVersion(db: Queryable, environmentId: string): Promise<StoredVersion | null> {
  const { rows } = await db.query<StoredVersion>(
    `select state_version_id as "stateVersionId", serial, lineage, sha256, ciphertext
     from state_versions where environment_id = $1 order by serial desc limit 1`,
    [environmentId],
  );
  return rows[0] ?? null;
}

/** The newest version, where it lies in the customer's bucket; null = it is kept here, or there is none. */
export async function newestInBucket(
  db: Queryable,
  environmentId: string,
): Promise<Pick<StoredVersion, 'serial' | 'lineage'> | null> {
  const { rows } = await db.query<Pick<StoredVersion, 'serial' | 'lineage'> & { inBucket: boolean }>(
    `select serial, lineage, ciphertext is null as "inBucket"
     from state_versions where environment_id = $1 order by serial desc limit 1`,
    [environmentId],
  );
  return rows[0]?.inBucket === true ? rows[0] : null;
}

function context(environmentId: string, serial: number): string {
  return `state:${environmentId}:${serial}`;
}

/** The state in clear. Throws `state_conflict` when it is not kept here. */
export function openVersion(keyring: Keyring, environmentId: string, version: StoredVersion): string {
  if (version.ciphertext === null)
    throw appError(
      'state_conflict',
      `state ${version.serial} of environment ${environmentId} is in the bucket of its account, not here`,
    );
  return keyring.decrypt(version.ciphertext, context(environmentId, version.serial)).toString('utf8');
}

/** The newest state of an environment, or null while there is none. */
export async function readState(
  { db, keyring }: { readonly db: Queryable; readonly keyring: Keyring },
  environmentId: string,
): Promise<State | null> {
  const version = await latestVersion(db, environmentId);
  return version === null ? null : parseState(openVersion(keyring, environmentId, version));
}

/** Tells whether the writer's lease is the live one, and keeps it (and other writers) from moving until the transaction ends. */
export async function holdsLease(tx: Tx, writer: Writer): Promise<boolean> {
  const { rowCount } = await tx.query(
    `select 1 from runs where run_id = $1 and environment_id = $2 and lease_epoch = $3
       and lease_owner is not null and finished_at is null for no key update`,
    [writer.runId, writer.environmentId, writer.epoch],
  );
  return rowCount === 1;
}

export interface NewVersion extends Version {
  readonly text: string;
  readonly resourceCount: number;
}

/** Adds a version; the former ones stay. */
export async function insertVersion(tx: Tx, keyring: Keyring, version: NewVersion & Writer): Promise<void> {
  const { environmentId, serial, lineage, sha256, text, resourceCount, runId, epoch } = version;
  await tx.query(
    `insert into state_versions (state_version_id, environment_id, serial, lineage, sha256, size_bytes,
       resource_count, ciphertext, key_id, run_id, epoch)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      newId('stateVersion'),
      environmentId,
      serial,
      lineage,
      sha256,
      Buffer.byteLength(text),
      resourceCount,
      keyring.encrypt(text, context(environmentId, serial)),
      keyring.keyId,
      runId,
      epoch,
    ],
  );
}

export interface RestoredVersion extends NewVersion {
  readonly environmentId: string;
  readonly restoredFrom: number;
  readonly restoredBy: string;
  readonly restoreReason: string;
}

/** Adds a version that a person put back. The environment is locked by the caller, and no run is active. */
export async function insertRestored(tx: Tx, keyring: Keyring, version: RestoredVersion): Promise<void> {
  const { environmentId, serial, text } = version;
  await tx.query(
    `insert into state_versions (state_version_id, environment_id, serial, lineage, sha256, size_bytes,
       resource_count, ciphertext, key_id, restored_from, restored_by, restore_reason)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [
      newId('stateVersion'),
      environmentId,
      serial,
      version.lineage,
      version.sha256,
      Buffer.byteLength(text),
      version.resourceCount,
      keyring.encrypt(text, context(environmentId, serial)),
      keyring.keyId,
      version.restoredFrom,
      version.restoredBy,
      version.restoreReason,
    ],
  );
}

/** Tells of a state that the customer's bucket has: the bucket is the truth, so a serial that comes again replaces its row. */
export async function recordObject(
  db: Queryable,
  version: Omit<NewVersion, 'text'> & { readonly sizeBytes: number; readonly objectVersion: string } & Writer,
): Promise<void> {
  await db.query(
    `insert into state_versions (state_version_id, environment_id, serial, lineage, sha256, size_bytes,
       resource_count, object_version, run_id, epoch)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
     on conflict (environment_id, serial) do update set lineage = excluded.lineage, sha256 = excluded.sha256,
       size_bytes = excluded.size_bytes, resource_count = excluded.resource_count, object_version = excluded.object_version,
       run_id = excluded.run_id, epoch = excluded.epoch, created_at = now()
       where state_versions.object_version is not null`,
    [
      newId('stateVersion'),
      version.environmentId,
      version.serial,
      version.lineage,
      version.sha256,
      version.sizeBytes,
      version.resourceCount,
      version.objectVersion,
      version.runId,
      version.epoch,
    ],
  );
}

export interface Lock {
  readonly lockId: string;
  /** Terraform's own description of the holder. */
  readonly info: Readonly<Record<string, unknown>>;
  readonly runId: string;
  readonly epoch: number;
}

/** The lock now held: the given one when it was free (or is held under the same id), else the other holder's. */
export async function takeLock(tx: Tx, writer: Writer, lock: Pick<Lock, 'lockId' | 'info'>): Promise<Lock> {
  await tx.query(
    `insert into state_locks (environment_id, lock_id, run_id, epoch, info, worker)
     values ($1, $2, $3, $4, $5, (select lease_owner from runs where run_id = $3))
     on conflict (environment_id) do nothing`,
    [writer.environmentId, lock.lockId, writer.runId, writer.epoch, lock.info],
  );
  return (await currentLock(tx, writer.environmentId))!;
}

export async function currentLock(db: Queryable, environmentId: string): Promise<Lock | null> {
  const { rows } = await db.query<Lock>(
    `select lock_id as "lockId", info, run_id as "runId", epoch from state_locks where environment_id = $1`,
    [environmentId],
  );
  return rows[0] ?? null;
}

/** Who holds a lock, and whether that epoch may still write. */
export interface LockProof extends Lock {
  /** As leases name a process: `host/pid-namespace/pid/start`; null where it was not noted. */
  readonly worker: string | null;
  readonly alive: boolean;
  readonly lockedAt: Date;
}

export async function lockProof(db: Queryable, environmentId: string): Promise<LockProof | null> {
  const { rows } = await db.query<LockProof>(
    `select l.lock_id as "lockId", l.info, l.run_id as "runId", l.epoch, l.worker, l.created_at as "lockedAt",
       r.finished_at is null and r.lease_epoch = l.epoch and r.lease_owner is not null as alive
     from state_locks l join runs r using (run_id) where l.environment_id = $1`,
    [environmentId],
  );
  return rows[0] ?? null;
}

/** The run that holds the lock, in words; null = it is free. */
export async function lockHolder(db: Queryable, environmentId: string): Promise<string | null> {
  const held = await currentLock(db, environmentId);
  return held === null ? null : `run ${held.runId}`;
}

/** Frees the lock if it is held under this id; false when it is not. */
export async function dropLock(db: Queryable, environmentId: string, lockId: string): Promise<boolean> {
  const { rowCount } = await db.query(`delete from state_locks where environment_id = $1 and lock_id = $2`, [
    environmentId,
    lockId,
  ]);
  return rowCount === 1;
}

/** Frees a lock whose run is finished or has moved to another worker: its holder can write nothing any more. */
export async function releaseDeadLock(db: Db, environmentId: string): Promise<boolean> {
  const { rowCount } = await db.query(
    `delete from state_locks l using runs r
     where l.environment_id = $1 and r.run_id = l.run_id
       and (r.finished_at is not null or r.lease_epoch <> l.epoch or r.lease_owner is null)`,
    [environmentId],
  );
  return rowCount === 1;
}

/** Frees the lock that a terraform of this lease left: only for who knows that it has ended. */
export async function releaseOwnLock(
  db: Queryable,
  lease: { readonly runId: string; readonly epoch: number },
): Promise<boolean> {
  const { rowCount } = await db.query(`delete from state_locks where run_id = $1 and epoch = $2`, [
    lease.runId,
    lease.epoch,
  ]);
  return rowCount === 1;
}
