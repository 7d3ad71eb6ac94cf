import type { Queryable } from '../db/db.js';

/** Resolves when PostgreSQL answers. */
export async function pingDatabase(db: Queryable): Promise<void> {
  await db.query('select 1');
}
