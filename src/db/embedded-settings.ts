import { readFile, rename, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { z } from 'zod';
import { appError } from '../errors/app-error.js';

const storedSettings = z.object({ port: z.number().int(), password: z.string().min(1) });
/** Of `postgres.json`. */
export type StoredSettings = z.output<typeof storedSettings>;

/** Throws `database_unavailable` when the file is missing or damaged: the password is nowhere else. */
export async function readSettings(home: string): Promise<StoredSettings> {
  const text = await readFile(join(home, 'postgres.json'), 'utf8').catch(() => '');
  try {
    return storedSettings.parse(JSON.parse(text));
  } catch (cause) {
    throw appError('database_unavailable', 'TERRACE_HOME/postgres.json is missing or damaged: restore it', {
      cause,
    });
  }
}

export async function writeSettings(home: string, settings: StoredSettings): Promise<void> {
  const path = join(home, 'postgres.json');
  await writeFile(`${path}.new`, JSON.stringify(settings), { mode: 0o600, flush: true });
  await rename(`${path}.new`, path);
}

/** The wished port if it is free, else a free one. */
export async function usablePort(wished: number): Promise<number> {
  const server = createServer();
  const bound = await new Promise<number | undefined>((resolve) => {
    server.once('error', () => resolve(undefined));
    server.listen(wished, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : undefined);
    });
  });
  if (bound === undefined) {
    if (wished !== 0) return usablePort(0);
    throw appError('database_unavailable', 'no free port on 127.0.0.1');
  }
  await new Promise((resolve) => server.close(resolve));
  return bound;
}
