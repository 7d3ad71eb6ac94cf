import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { appError } from '../errors/app-error.js';
import { sha256 } from '../lib/hash.js';
import { inTransaction, type Db, type Tx } from './db.js';

interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
  readonly sha256: string;
}

interface AppliedRow {
  version: number;
  name: string;
  sha256: string;
}

/** Key of the advisory lock that lets one process migrate at a time: the letters `terr`. */
const migrationLock = 0x74_65_72_72;

/** The migrations beside this file, so that the build finds its own copies. */
export const migrationsFolder: string = join(dirname(fileURLToPath(import.meta.url)), 'migrations');

/**
 * Brings the database to the newest schema this code knows: all pending files in one transaction, or none.
 * Any number of processes may call it at once. Numbers give the order; some may be missing, and come later.
 * Throws `database_too_new` when a newer Terrace migrated the database, and `internal` when a file was changed after it
 * had been applied.
 */
export async function migrate(db: Db, folder: string = migrationsFolder): Promise<void> {
  await inTransaction(db, (tx) => migrateIn(tx, { folder }));
}

export interface Migrating {
  readonly folder?: string;
  /** Versions that are wanted, no others. @default all */
  readonly only?: readonly number[];
}

/** The same inside a transaction of the caller. */
export async function migrateIn(tx: Tx, { folder = migrationsFolder, only }: Migrating = {}): Promise<void> {
  const migrations = await readMigrations(folder);
  await tx.query('set local statement_timeout = 0; set local lock_timeout = 0');
  await tx.query('select pg_advisory_xact_lock($1)', [migrationLock]);
  const applied = await readApplied(tx);
  refuseForeignHistory(migrations, applied);
  const isWanted = ({ version }: Migration) => only?.includes(version) ?? true;
  const isPending = ({ version }: Migration) => !applied.some((row) => row.version === version);
  for (const migration of migrations.filter((one) => isWanted(one) && isPending(one)))
    await apply(tx, migration);
}

/** The versions of the schema that this code knows, in order. */
export async function knownVersions(): Promise<number[]> {
  return (await readMigrations(migrationsFolder)).map(({ version }) => version);
}

async function readMigrations(folder: string): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(
    names.map(async (name, index) => {
      const version = Number(/^(\d{3})_[a-z0-9_]+\.sql$/.exec(name)?.[1]);
      if (!(version > 0) || names[index - 1]?.startsWith(name.slice(0, 4)))
        throw new Error(
          `migration ${name}: expected a name with a number of its own, such as 007_things.sql`,
        );
      const sql = await readFile(join(folder, name), 'utf8');
      return { version, name, sql, sha256: sha256(sql) };
    }),
  );
}

async function readApplied(tx: Tx): Promise<AppliedRow[]> {
  await tx.query(`create table if not exists schema_migrations (
    version integer primary key,
    name text not null,
    sha256 text not null,
    applied_at timestamptz not null default now()
  )`);
  const { rows } = await tx.query<AppliedRow>(
    'select version, name, sha256 from schema_migrations order by version',
  );
  return rows;
}

function refuseForeignHistory(migrations: readonly Migration[], applied: readonly AppliedRow[]): void {
  for (const row of applied) {
    const known = migrations.find(({ version }) => version === row.version);
    if (known === undefined)
      throw appError(
        'database_too_new',
        `the database has schema version ${row.version}, this Terrace knows ${migrations.at(-1)?.version ?? 0}: run the newer Terrace`,
      );
    if (known.sha256 !== row.sha256)
      throw appError(
        'internal',
        `migration ${known.name} was changed after it had been applied: restore the file`,
      );
  }
}

async function apply(tx: Tx, migration: Migration): Promise<void> {
  await tx.query(migration.sql);
  await tx.query('insert into schema_migrations (version, name, sha256) values ($1, $2, $3)', [
    migration.version,
    migration.name,
    migration.sha256,
  ]);
}
