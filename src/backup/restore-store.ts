/** Empties and fills a database that nobody works on. All of it in the caller's transaction. */
import type { Queryable, Tx } from '../db/db.js';
import type { KeptTable } from './backup-store.js';

export interface Database {
  readonly name: string;
  readonly tables: number;
  /** Connections of other processes of Terrace. */
  readonly connections: number;
}

export async function describeDatabase(db: Queryable): Promise<Database> {
  const { rows } = await db.query<Database>(
    `select current_database() as name,
       (select count(*) from pg_tables where schemaname in ('public', 'sandbox')) as tables,
       (select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
          and application_name like 'terrace%') as connections`,
  );
  return rows[0]!;
}

export async function emptyDatabase(tx: Tx): Promise<void> {
  await tx.query(
    'drop schema if exists bullmq, sandbox cascade; drop schema public cascade; create schema public',
  );
}

/**
 * Makes tables ready to be filled in any order with what their triggers made once: without rows, triggers and references.
 * Returns what puts triggers and references back, which checks all rows.
 */
export async function openTables(tx: Tx, tables: readonly KeptTable[]): Promise<() => Promise<void>> {
  const { rows: references } = await tx.query<{ drop: string; add: string }>(
    `select format('alter table %s drop constraint %I', conrelid::regclass, conname) as drop,
       format('alter table %s add constraint %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) as add
     from pg_constraint where contype = 'f' and conrelid::regclass::text in (select name::regclass::text from unnest($1::text[]) name)`,
    [tables.map(({ name }) => name)],
  );
  const each = (verb: string) => tables.map(({ name }) => `alter table ${name} ${verb} trigger user`);
  const all = async (statements: readonly string[]) => {
    const joined = statements.join(';');
    await tx.query(joined);
  };
  const names = tables.map(({ name }) => name).join(', ');
  await all([...references.map(({ drop }) => drop), ...each('disable'), `truncate ${names}`]);
  return () => all([...references.map(({ add }) => add), ...each('enable')]);
}

/** Returns how many rows were inserted. */
export async function fillTable(tx: Tx, { fill }: KeptTable, json: string): Promise<number> {
  const { rowCount } = await tx.query(fill, [json]);
  return rowCount ?? 0;
}

/** Each sequence goes on `beyond` its value: numbers given since are not given again. */
export async function setSequences(
  tx: Tx,
  values: Readonly<Record<string, string>>,
  beyond: number,
): Promise<void> {
  await tx.query(`select setval(key::regclass, value::bigint + $2) from json_each_text($1)`, [
    JSON.stringify(values),
    beyond,
  ]);
}

export interface PlannedRun {
  readonly runId: string;
  readonly planId: string;
  readonly status: 'awaiting_review' | 'approved';
}

/** Runs that wait with a plan. */
export async function runsWithPlans(db: Queryable): Promise<PlannedRun[]> {
  const { rows } = await db.query<PlannedRun>(
    `select run_id as "runId", plan_id as "planId", status from runs
     where status in ('awaiting_review', 'approved') order by run_id`,
  );
  return rows;
}

/** Environments in one of these statuses that no run is under way in. */
export async function quietEnvironments(db: Queryable, statuses: readonly string[]): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    `select environment_id as id from environments e where status = any ($1)
       and not exists (select 1 from runs r where r.environment_id = e.environment_id and finished_at is null)
     order by 1`,
    [statuses],
  );
  return rows.map(({ id }) => id);
}
