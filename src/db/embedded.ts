import { mkdir, open, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { appError, type AppError } from '../errors/app-error.js';
import { homeFault } from '../errors/disk-full.js';
import type { Log } from '../log/log.js';
import { findBinaries } from './embedded-binaries.js';
import { initialize, removeHalfMade, superuser } from './embedded-init.js';
import { readSettings, usablePort, writeSettings } from './embedded-settings.js';
import { lockHome } from './home-lock.js';
import { clearOrphan } from './postmaster.js';
import { supervise } from './supervisor.js';

/*
 * A real PostgreSQL server below TERRACE_HOME, for one machine and one process.
 *   owner          who may touch the server: pid and start time of the process that started it
 *   postgres.json  port and password of the server, 0600; the port stays the same as long as it is free
 *   postgres/data  the cluster; made under another name and renamed, so that it is whole or not there
 *   postgres.log   what the server says
 * After kill -9 of this process the server shuts itself down (setpriv --pdeathsig); where it could not, the next start
 * stops it. If the server dies it is started again on the same port.
 */

export interface EmbeddedProps {
  readonly home: string;
  readonly log: Log;
  /** False only where the data may be lost with the machine (tests). @default true */
  readonly fsync?: boolean;
}

export interface EmbeddedPostgres {
  /** Of the database `terrace`, with the password in it. */
  readonly url: string;
  stop(): Promise<void>;
}

const logLimitBytes = 4 * 2 ** 20;

/** Starts (and on the first call makes) the server of this home. Throws `home_unwritable`, `disk_full`, `home_in_use`, `database_unavailable`. */
export async function startEmbeddedPostgres(props: EmbeddedProps): Promise<EmbeddedPostgres> {
  await prepareHome(props.home);
  const unlock = await lockHome(props.home);
  try {
    const binaries = await findBinaries();
    const folder = join(props.home, 'postgres');
    const dataFolder = join(folder, 'data');
    const logFile = join(props.home, 'postgres.log');
    await removeHalfMade(props.home);
    const settings = (await exists(dataFolder))
      ? await readSettings(props.home)
      : await initialize(props.home, binaries, props.fsync ?? true);
    await clearOrphan(dataFolder);
    const port = await usablePort(settings.port);
    if (port !== settings.port) await writeSettings(props.home, { ...settings, port });
    if ((await stat(logFile)).size > logLimitBytes) await truncate(logFile);
    const server = await supervise(
      { binaries, dataFolder, logFile, port, flags: serverFlags(props) },
      props.log,
    );
    const url = `postgres://${superuser}:${settings.password}@127.0.0.1:${port}/terrace`;
    try {
      await ensureDatabase(url);
    } catch (error) {
      await server.stop();
      throw error;
    }
    return {
      url,
      stop: async () => {
        await server.stop();
        await unlock();
      },
    };
  } catch (error) {
    await unlock();
    throw error;
  }
}

function serverFlags({ fsync = true }: EmbeddedProps): string[] {
  const values = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '200',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // One machine, no replicas, small: fewer helper processes and less to write.
    wal_level: 'minimal',
    max_wal_senders: '0',
    io_method: 'sync',
    jit: 'off',
    fsync: fsync ? 'on' : 'off',
    // After a crash of the server: one call to the kernel rather than a thousand files opened one by one.
    ...(process.platform === 'linux' ? { recovery_init_sync_method: 'syncfs' } : {}),
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

async function prepareHome(home: string): Promise<void> {
  try {
    await mkdir(home, { recursive: true, mode: 0o700 });
    await (await open(join(home, 'postgres.log'), 'a', 0o600)).close();
  } catch (cause) {
    throw homeFault(home, cause);
  }
}

/** Proves that server and password belong together, and makes the database on the first start. */
async function ensureDatabase(url: string): Promise<void> {
  const client = new pg.Client(url);
  try {
    await client.connect();
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || error.code !== '3D000') throw unusable(error);
    const admin = new pg.Client(url.replace(/terrace$/, 'postgres'));
    try {
      await admin.connect();
      await admin.query('create database terrace');
    } catch (cause) {
      throw unusable(cause);
    } finally {
      await admin.end();
    }
  } finally {
    await client.end().catch(() => undefined);
  }
}

function unusable(cause: unknown): AppError {
  const detail = cause instanceof Error ? cause.message : String(cause);
  return appError('database_unavailable', 'the embedded PostgreSQL started but cannot be used', {
    detail,
    cause,
  });
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
