import type { Db } from '../../src/db/db.js';
import { inTransaction } from '../../src/db/db.js';
import { sha256 } from '../../src/lib/hash.js';
import { insertVersion } from '../../src/state/state-store.js';
import { testKeyring } from './awaiting-review.js';

export const lineage = '0c9e7d1c-5d4c-4c9f-8d59-6a2f6c2f6b11';

/** A state as terraform writes it, with those resources: `type.name` -> attributes. */
export function stateText(serial: number, resources: Readonly<Record<string, object>> = {}): string {
  const managed = Object.entries(resources).map(([address, attributes]) => {
    const [type, name] = address.split('.');
    return { mode: 'managed', type, name, provider: 'p', instances: [{ schema_version: 0, attributes }] };
  });
  const state = { version: 4, terraform_version: '1.11.4', serial, lineage, outputs: {}, resources: managed };
  return `${JSON.stringify(state, null, 2)}\n`;
}

/** Stores a state version as a run would have. */
export async function insertStateVersion(
  db: Db,
  { environmentId, runId }: { readonly environmentId: string; readonly runId: string },
  serial: number,
  resources: Readonly<Record<string, object>> = {},
): Promise<void> {
  const text = stateText(serial, resources);
  const version = {
    serial,
    lineage,
    sha256: sha256(text),
    text,
    resourceCount: Object.keys(resources).length,
  };
  await inTransaction(db, (tx) =>
    insertVersion(tx, testKeyring, { ...version, environmentId, runId, epoch: 1 }),
  );
}
