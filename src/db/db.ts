import type { PoolClient, QueryResult, QueryResultRow } from 'pg';
import { translateDbError } from './translate.js';

/** What a store needs: a pool or a client inside a transaction. */
export interface Queryable {
  query<R extends QueryResultRow>(text: string, values?: unknown[]): Promise<QueryResult<R>>;
}

export type Tx = PoolClient;

/** A database to ask, or to hold a transaction on. */
export interface Db extends Queryable {
  connect(): Promise<Tx>;
}

/** Runs `work` in one transaction: committed when it returns, rolled back when it throws. Never hold it across a call out. */
export async function inTransaction<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  const tx = await db.connect();
  let broken: Error | undefined;
  try {
    await tx.query('begin');
    const result = await work(tx);
    await tx.query('commit');
    return result;
  } catch (error) {
    await tx.query('rollback').catch((failure: unknown) => {
      broken = failure instanceof Error ? failure : new Error(String(failure));
    });
    throw translateDbError(error);
  } finally {
    tx.release(broken);
  }
}
