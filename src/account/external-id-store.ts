/**
 * External ids: what a customer's role asks for beside the caller's name, so that nobody can make Terrace act in an account
 * that is not theirs (https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html). Made here, sealed at rest.
 */
import { randomBytes } from 'node:crypto';
import type { Keyring } from '../crypto/envelope.js';
import type { Queryable } from '../db/db.js';
import type { ExternalIds } from './account.js';

/** 256 random bits, in letters that AWS takes (`[\w+=,.@:/-]`). */
export function newExternalId(): string {
  return `terrace-${randomBytes(32).toString('hex')}`;
}

/** One context for both, so that the new one can take the place of the former as it is. */
export function sealExternalId(keyring: Keyring, accountId: string, externalId: string): Buffer {
  return keyring.encrypt(externalId, `external_id:${accountId}`);
}

/** The external ids in clear: register them with the redactor. Makes the first one where there is none yet. */
export async function readExternalIds(
  db: Queryable,
  keyring: Keyring,
  accountId: string,
): Promise<ExternalIds> {
  const made = sealExternalId(keyring, accountId, newExternalId());
  const read = () =>
    db.query<{ current: Buffer | null; next: Buffer | null }>(
      `select external_id as current, next_external_id as next from accounts where account_id = $1`,
      [accountId],
    );
  let [row] = (await read()).rows;
  if (row !== undefined && row.current === null) {
    await db.query(
      `update accounts set external_id = $2
       where account_id = $1 and external_id is null and provider = 'aws' and deleted_at is null`,
      [accountId, made],
    );
    [row] = (await read()).rows;
  }
  if (row === undefined || row.current === null) throw new Error(`account ${accountId} has no external id`);
  const open = (sealed: Buffer) => keyring.decrypt(sealed, `external_id:${accountId}`).toString('utf8');
  return { current: open(row.current), next: row.next === null ? null : open(row.next) };
}

/** Begins a rotation, unless one is under way: both ids are tried until `confirmExternalId`. */
export async function beginRotation(db: Queryable, keyring: Keyring, accountId: string): Promise<void> {
  await db.query(
    `update accounts set next_external_id = $2 where account_id = $1 and next_external_id is null and deleted_at is null`,
    [accountId, sealExternalId(keyring, accountId, newExternalId())],
  );
}

/** The new id takes the place of the former, which is forgotten. */
export async function endRotation(tx: Queryable, accountId: string): Promise<void> {
  await tx.query(
    `update accounts set external_id = next_external_id, next_external_id = null, version = version + 1
     where account_id = $1 and next_external_id is not null`,
    [accountId],
  );
}
