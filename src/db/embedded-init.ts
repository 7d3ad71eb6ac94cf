import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { appError } from '../errors/app-error.js';
import { commandLine, type Binaries } from './embedded-binaries.js';
import { usablePort, writeSettings, type StoredSettings } from './embedded-settings.js';

/** The one role of the embedded server. */
export const superuser = 'terrace';

/** Makes the cluster beside its place and renames it when it is whole. */
export async function initialize(home: string, binaries: Binaries, fsync: boolean): Promise<StoredSettings> {
  const draft = join(home, `postgres.new.${process.pid}`);
  const settings = { port: await usablePort(0), password: randomBytes(24).toString('base64url') };
  await mkdir(draft, { mode: 0o700 });
  const passwordFile = join(draft, 'password');
  await writeFile(passwordFile, `${settings.password}\n`, { mode: 0o600 });
  const { owner } = binaries;
  if (owner) for (const path of [draft, passwordFile]) await chown(path, owner.uid, owner.gid);
  // The password is random: one round of hashing is as good as 4096, and connects faster.
  const argv = [
    ...[
      binaries.initdb,
      `--pgdata=${join(draft, 'data')}`,
      `--username=${superuser}`,
      `--pwfile=${passwordFile}`,
    ],
    ...[
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C.UTF-8',
      '--set=scram_iterations=1',
      syncFlag(fsync),
    ],
  ];
  const { program, args, ...ids } = commandLine(binaries, argv, 'KILL');
  await promisify(execFile)(program, args, {
    ...ids,
    cwd: '/',
    env: { LC_ALL: 'C.UTF-8', TZ: 'UTC' },
    timeout: 120_000,
  }).catch((cause: unknown) => {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw appError('database_unavailable', 'the embedded PostgreSQL could not be initialized', {
      detail,
      cause,
    });
  });
  await rm(passwordFile);
  await writeSettings(home, settings);
  await rename(draft, join(home, 'postgres'));
  return settings;
}

/** How initdb makes sure of the disk: on Linux by one call to the kernel, not file by file. */
function syncFlag(fsync: boolean): string {
  if (!fsync) return '--no-sync';
  return `--sync-method=${process.platform === 'linux' ? 'syncfs' : 'fsync'}`;
}

/** Removes what a start that died in the middle of `initialize` left. */
export async function removeHalfMade(home: string): Promise<void> {
  for (const name of await readdir(home))
    if (name.startsWith('postgres.new.')) await rm(join(home, name), { recursive: true, force: true });
}
