/** What commands on the machine have in common: one file as argument, one line for a fault, an exit code. */
import { parseArgs } from 'node:util';
import type { Config } from '../config/config.js';
import type { Db } from '../db/db.js';
import type { EmbeddedPostgres, EmbeddedProps } from '../db/embedded.js';
import { createPool } from '../db/pool.js';
import { toAppError } from '../errors/app-error.js';
import { createLog } from '../log/log.js';

export interface Command {
  readonly name: string;
  readonly help: string;
  /** Names of options that take a value. */
  readonly options?: readonly string[];
  run(file: string, options: Readonly<Record<string, string | undefined>>): Promise<void>;
}

export const say = (text: string): boolean => process.stdout.write(`${text}\n`);

/** Exits 0 when it is done, 2 when it is not. */
export async function runCommand({ name, help, options = [], run }: Command): Promise<void> {
  const fail = (text: string) => {
    process.stderr.write(`${text}\n`);
    process.exitCode = 2;
  };
  let given: ReturnType<typeof parse>;
  try {
    given = parse(options);
  } catch (error) {
    return fail(`${error instanceof Error ? error.message : String(error)}\n${help}`);
  }
  const { values, positionals } = given;
  if (values['help'] === true) return void say(help);
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) return fail(`name one file\n${help}`);
  try {
    await run(file, Object.fromEntries(Object.entries(values).map(([key, value]) => [key, String(value)])));
  } catch (thrown) {
    const { message, code, detail } = toAppError(thrown);
    fail(`cannot ${name}: ${message} (${code})${detail === undefined ? '' : `\n${detail}`}`);
  }
}

export interface CommandDatabase {
  readonly config: Pick<Config, 'DATABASE_URL' | 'LOG_LEVEL' | 'home'>;
  /** As the database and the log know the command. */
  readonly name: string;
  readonly connections: number;
  /** How the server of TERRACE_HOME is had, where there is no DATABASE_URL. */
  readonly embedded: (props: EmbeddedProps) => Promise<EmbeddedPostgres>;
}

/** The database of these settings, for the time of `work`. */
export async function withDatabase<T>(
  { config, name, connections, embedded: serve }: CommandDatabase,
  work: (db: Db) => Promise<T>,
): Promise<T> {
  const log = createLog(config.LOG_LEVEL, name);
  const embedded = config.DATABASE_URL === undefined ? await serve({ home: config.home, log }) : undefined;
  const url = embedded?.url ?? config.DATABASE_URL ?? '';
  const db = createPool(url, { max: connections, applicationName: name, log });
  try {
    return await work(db);
  } finally {
    await db.end();
    await embedded?.stop();
  }
}

function parse(options: readonly string[]) {
  const taking = Object.fromEntries(options.map((name) => [name, { type: 'string' as const }]));
  return parseArgs({ allowPositionals: true, options: { help: { type: 'boolean' as const }, ...taking } });
}
