/** Secrets the engine makes once for an environment and passes to terraform as sensitive variables. Sealed at rest. */
import { randomBytes } from 'node:crypto';
import type { Keyring } from '../crypto/envelope.js';
import type { Queryable } from '../db/db.js';

export interface NewSecrets {
  readonly environmentId: string;
  readonly secrets: readonly { readonly name: string; readonly length: number }[];
}

/** Makes and stores a random alphanumeric secret for each name that has none yet. */
export async function insertSecrets(tx: Queryable, keyring: Keyring, given: NewSecrets): Promise<void> {
  const { environmentId, secrets } = given;
  if (secrets.length === 0) return;
  await tx.query(
    `insert into environment_secrets (environment_id, name, ciphertext)
     select $1, name, ciphertext from unnest($2::text[], $3::bytea[]) as made (name, ciphertext) on conflict do nothing`,
    [
      environmentId,
      secrets.map(({ name }) => name),
      secrets.map(({ name, length }) => keyring.encrypt(randomSecret(length), context(environmentId, name))),
    ],
  );
}

/** Letters and digits only, so that the secret needs no escape in a URL, a shell or a connection string. */
function randomSecret(length: number): string {
  let text = '';
  while (text.length < length) text += randomBytes(length).toString('base64').replace(/[+/=]/g, '');
  return text.slice(0, length);
}

/** Forgets the secrets of every environment of a tenant. */
export async function deleteSecretsOf(tx: Queryable, tenantId: string): Promise<void> {
  await tx.query(
    `delete from environment_secrets s using environments e
     where e.environment_id = s.environment_id and e.tenant_id = $1`,
    [tenantId],
  );
}

function context(environmentId: string, name: string): string {
  return `secret:${environmentId}:${name}`;
}

/** The environment's secrets in clear, by name. Register each with the redactor before use. */
export async function readSecrets(
  db: Queryable,
  keyring: Keyring,
  environmentId: string,
): Promise<Record<string, string>> {
  const { rows } = await db.query<{ name: string; ciphertext: Buffer }>(
    `select name, ciphertext from environment_secrets where environment_id = $1 order by name`,
    [environmentId],
  );
  const open = (row: { name: string; ciphertext: Buffer }) =>
    keyring.decrypt(row.ciphertext, context(environmentId, row.name)).toString('utf8');
  return Object.fromEntries(rows.map((row) => [row.name, open(row)]));
}
