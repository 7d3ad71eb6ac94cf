/** States that could not be stored, and the mark on their environment: the only writer of `left_states` and `state_diverged`. */
import type { Keyring } from '../crypto/envelope.js';
import type { Queryable, Tx } from '../db/db.js';
import type { StateDiverged } from '../environment/environment.js';
import { appendEvent } from '../event/event-store.js';
import { sha256 } from '../lib/hash.js';
import { newId } from '../lib/ids.js';
import { parseState, type State } from './state-rules.js';
import { openVersion, type StoredVersion, type Writer } from './state-store.js';

export interface LeftState extends Writer {
  readonly leftStateId: string;
  readonly serial: number;
  readonly lineage: string;
  readonly ciphertext: Buffer;
}

export type Settled = 'saved' | 'known' | 'chosen' | 'dropped';

const columns = `left_state_id as "leftStateId", environment_id as "environmentId", run_id as "runId", epoch, serial, lineage, ciphertext`;
const context = (leftStateId: string) => `left_state:${leftStateId}`;

/** Keeps a state, once. Throws `state_conflict` when it is none. */
export async function keepLeft(
  db: Queryable,
  keyring: Keyring,
  { environmentId, runId, epoch, body, why }: Writer & { readonly body: Buffer; readonly why: string },
): Promise<void> {
  const { serial, lineage, resources } = parseState(body.toString('utf8'));
  const id = newId('leftState');
  await db.query(
    `insert into left_states (left_state_id, environment_id, run_id, epoch, serial, lineage, sha256, size_bytes,
       resource_count, ciphertext, key_id, why)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) on conflict (environment_id, sha256) do nothing`,
    [
      ...[id, environmentId, runId, epoch, serial, lineage, sha256(body), body.length, resources.length],
      ...[keyring.encrypt(body, context(id)), keyring.keyId, why],
    ],
  );
}

/** Those that nobody has decided on, oldest first. */
export async function openLefts(db: Queryable, environmentId: string): Promise<LeftState[]> {
  const { rows } = await db.query<LeftState>(
    `select ${columns} from left_states where environment_id = $1 and settled is null order by left_state_id`,
    [environmentId],
  );
  return rows;
}

export async function findLeft(db: Queryable, leftStateId: string): Promise<LeftState | null> {
  const { rows } = await db.query<LeftState>(`select ${columns} from left_states where left_state_id = $1`, [
    leftStateId,
  ]);
  return rows[0] ?? null;
}

/** The state in clear. */
export function openLeft(keyring: Keyring, { leftStateId, ciphertext }: LeftState): string {
  return keyring.decrypt(ciphertext, context(leftStateId)).toString('utf8');
}

export async function settleLeft(db: Queryable, leftStateId: string, settled: Settled): Promise<void> {
  await db.query(`update left_states set settled = $2, settled_at = now() where left_state_id = $1`, [
    leftStateId,
    settled,
  ]);
}

/** Whether a later run or epoch, or a person, has written a state since: then what was left may not go over it. */
export async function writtenSince(db: Queryable, left: Writer): Promise<boolean> {
  const { rowCount } = await db.query(
    `select 1 from state_versions v join runs r on r.run_id = $2
     where v.environment_id = $1
       and case when v.run_id is null then v.created_at > r.created_at
                else (v.run_id, v.epoch) > ($2, $3::bigint) end limit 1`,
    [left.environmentId, left.runId, left.epoch],
  );
  return rowCount !== 0;
}

/** Blocks the environment until a person has decided; the first reason stays. */
export async function markDiverged(
  tx: Tx,
  { environmentId, tenantId, runId }: { environmentId: string; tenantId: string; runId: string },
  mark: Omit<StateDiverged, 'since'>,
): Promise<void> {
  const diverged: StateDiverged = { ...mark, since: new Date().toISOString() };
  const { rowCount } = await tx.query(
    `update environments set state_diverged = $2, updated_at = now()
     where environment_id = $1 and state_diverged is null`,
    [environmentId, JSON.stringify(diverged)],
  );
  if (rowCount === 0) return;
  const message = `the state of the environment has diverged: ${mark.reason}`;
  const data = { left_state_id: mark.left_state_id };
  await appendEvent(tx, { tenantId, environmentId, runId, type: 'state_diverged', message, data });
}

export async function clearDiverged(tx: Tx, environmentId: string): Promise<void> {
  await tx.query(
    `update environments set state_diverged = null, updated_at = now() where environment_id = $1`,
    [environmentId],
  );
}

/** The state that was the newest before a left one of that serial; null where there is none here. */
export async function versionBelow(
  { db, keyring }: { readonly db: Queryable; readonly keyring: Keyring },
  { environmentId, serial }: Pick<LeftState, 'environmentId' | 'serial'>,
): Promise<State | null> {
  const { rows } = await db.query<StoredVersion>(
    `select state_version_id as "stateVersionId", serial, lineage, sha256, ciphertext from state_versions
     where environment_id = $1 and serial < $2 and ciphertext is not null order by serial desc limit 1`,
    [environmentId, serial],
  );
  return rows[0] === undefined ? null : parseState(openVersion(keyring, environmentId, rows[0]));
}
