/**
 * Rotation of the encryption key: everything sealed by a former key is sealed anew by the current one, row by row, while
 * servers that know both keys work on. Each row changes in one statement, and only if nobody else has written to it; so it can
 * be killed anywhere and started again, and it never holds more than one row in memory.
 */
import type { Db } from '../db/db.js';
import { retireCanaries } from './canary-store.js';
import type { Keyring } from './envelope.js';
import { sealedColumns, type SealedColumn } from './sealed-columns.js';
import { readSealed, replaceSealed, rowsOfOtherKeys, type SealedRow } from './sealed-store.js';

export interface Resealed {
  readonly count: number;
  /** What opens with none of the keys, or is damaged: `plans.plan_file of plan_1: <why>`. */
  readonly unopened: readonly string[];
}

export interface ResealProps {
  readonly db: Db;
  readonly keyring: Keyring;
  /** Told after each batch: `plans.plan_file` and how many of it so far. */
  readonly onBatch?: (name: string, count: number) => void;
  /** Seals anew what lies beside the database. @default - nothing does */
  readonly beside?: () => Promise<Round>;
}

/** One walk over one place. */
export interface Round extends Resealed {
  /** How much was sealed by a former key. */
  readonly met: number;
}

const batchRows = 100;
/** Rows that somebody wrote to in between are met in the next one. */
const mostPasses = 20;

/** When nothing is left, the former keys are forgotten: from then on the current key alone is asked for. */
export async function resealAll(props: ResealProps): Promise<Resealed> {
  let count = 0;
  for (let pass = 1; pass <= mostPasses; pass += 1) {
    const unopened: string[] = [];
    let met = 0;
    const rounds = sealedColumns.map((sealed) => () => resealColumn(props, sealed));
    for (const round of [...rounds, ...(props.beside === undefined ? [] : [props.beside])]) {
      const done = await round();
      count += done.count;
      met += done.met;
      unopened.push(...done.unopened);
    }
    if (met === unopened.length) {
      if (unopened.length === 0) await retireCanaries(props.db, props.keyring);
      return { count, unopened };
    }
  }
  throw new Error(
    `after ${mostPasses} passes rows are still written with a former key: restart every process first`,
  );
}

async function resealColumn({ db, keyring, onBatch }: ResealProps, sealed: SealedColumn): Promise<Round> {
  const name = `${sealed.table}.${sealed.column}`;
  const unopened: string[] = [];
  let after: readonly string[] = sealed.keyColumns.map(() => '');
  let count = 0;
  let met = 0;
  for (;;) {
    const rows = await rowsOfOtherKeys(db, sealed, { keyId: keyring.keyId, after, limit: batchRows });
    for (const row of rows) {
      met += 1;
      try {
        if (await resealRow(db, keyring, { sealed, row })) count += 1;
      } catch (fault) {
        const key = keyTexts(sealed, row).join(' ');
        unopened.push(`${name} of ${key}: ${fault instanceof Error ? fault.message : String(fault)}`);
      }
    }
    const last = rows.at(-1);
    if (last === undefined) return { count, met, unopened };
    after = keyTexts(sealed, last);
    onBatch?.(name, count);
  }
}

async function resealRow(
  db: Db,
  keyring: Keyring,
  { sealed, row }: { readonly sealed: SealedColumn; readonly row: SealedRow },
): Promise<boolean> {
  const from = await readSealed(db, sealed, row);
  if (from === undefined) return false;
  const context = sealed.context(row.values);
  const to = keyring.encrypt(keyring.decrypt(from, context), context);
  return replaceSealed(db, sealed, { row, from, to, keyId: keyring.keyId });
}

function keyTexts({ keyColumns }: SealedColumn, { values }: SealedRow): string[] {
  return keyColumns.map((name) => values[name] ?? '');
}
