import { readFileSync } from 'node:fs';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { appError } from '../errors/app-error.js';

/**
 * Takes TERRACE_HOME for this process, so that nobody stops the database of a live one. The mark of a dead process is
 * taken over. Throws `home_in_use`. Returns the release.
 */
export async function lockHome(home: string): Promise<() => Promise<void>> {
  const path = join(home, 'owner');
  const mine = processMark(process.pid);
  for (;;) {
    // Written whole before it gets its name: nobody reads half a mark.
    const draft = `${path}.${process.pid}`;
    await writeFile(draft, mine, { mode: 0o600 });
    const taken = await link(draft, path).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error;
        return false;
      },
    );
    await rm(draft, { force: true });
    if (taken) return () => release(path, mine);
    const theirs = await readFile(path, 'utf8').catch(() => '');
    const pid = Number.parseInt(theirs, 10);
    if (theirs !== '' && isAlive(pid) && processMark(pid) === theirs)
      throw appError(
        'home_in_use',
        `TERRACE_HOME is in use by process ${pid}: stop it, set another TERRACE_HOME, or share a server by DATABASE_URL`,
      );
    await removeStale(path, theirs);
  }
}

/** True while the process exists, as anyone's. */
export function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function isZombie(pid: number): boolean {
  return statFields(pid)?.[0] === 'Z';
}

/** The pid with its start time: a recycled pid is not mistaken for its former holder (where /proc tells). */
function processMark(pid: number): string {
  return `${pid} ${statFields(pid)?.[19] ?? ''}\n`;
}

/** Fields of /proc/<pid>/stat from `state` on. */
function statFields(pid: number): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

/** Removes the mark of a dead process; if another process was faster and this is its mark, it is put back. */
async function removeStale(path: string, theirs: string): Promise<void> {
  const aside = `${path}.stale.${process.pid}`;
  await rename(path, aside).catch(() => undefined);
  const taken = await readFile(aside, 'utf8').catch(() => theirs);
  if (taken !== theirs) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}

async function release(path: string, mine: string): Promise<void> {
  if ((await readFile(path, 'utf8').catch(() => '')) === mine) await rm(path, { force: true });
}
