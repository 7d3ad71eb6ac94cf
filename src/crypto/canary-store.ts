/**
 * Canaries prove at start that a keyring opens what the database holds. The first start leaves one. A start with a new current
 * key leaves another one beside it, before anything is sealed by that key; a finished rotation leaves that of the current key alone.
 */
import { inTransaction, type Db, type Queryable } from '../db/db.js';
import { appError } from '../errors/app-error.js';
import { wrongKeyText, type Keyring } from './envelope.js';

const firstName = 'encryption_canary';
const context = 'canary';

/** Throws `wrong_encryption_key` unless every canary opens: a key that still seals something is among the ring's. */
export async function proveKey(db: Queryable, keyring: Keyring): Promise<void> {
  const fresh = keyring.encrypt('terrace', context);
  await insertCanary(db, firstName, fresh);
  if (!(await allOpen(db, keyring))) throw appError('wrong_encryption_key', wrongKeyText);
  const first = await db.query<{ value: Buffer }>('select value from facts where name = $1', [firstName]);
  if (keyIdIn(first.rows[0]?.value) !== keyring.keyId)
    await insertCanary(db, `${firstName}:${keyring.keyId}`, fresh);
}

/** After a rotation: the canaries of other keys go. */
export async function retireCanaries(db: Db, keyring: Keyring): Promise<void> {
  await inTransaction(db, async (tx) => {
    await tx.query('delete from facts where name like $1', [`${firstName}:%`]);
    await tx.query('update facts set value = $2 where name = $1', [
      firstName,
      keyring.encrypt('terrace', context),
    ]);
  });
}

async function insertCanary(db: Queryable, name: string, value: Buffer): Promise<void> {
  await db.query('insert into facts (name, value) values ($1, $2) on conflict do nothing', [name, value]);
}

/** Names of the keys that what the database holds may be sealed by. */
export async function sealingKeyIds(db: Queryable): Promise<string[]> {
  return (await canaries(db)).flatMap((value) => keyIdIn(value) ?? []);
}

async function allOpen(db: Queryable, keyring: Keyring): Promise<boolean> {
  return (await canaries(db)).every((value) => opens(keyring, value));
}

async function canaries(db: Queryable): Promise<Buffer[]> {
  const { rows } = await db.query<{ value: Buffer }>(
    'select value from facts where name = $1 or name like $2',
    [firstName, `${firstName}:%`],
  );
  return rows.map(({ value }) => value);
}

function opens(keyring: Keyring, sealed: Buffer): boolean {
  try {
    return keyring.decrypt(sealed, context).toString() === 'terrace';
  } catch {
    return false;
  }
}

function keyIdIn(sealed: Buffer | undefined): string | undefined {
  return sealed?.subarray(1, 9).toString('hex');
}
