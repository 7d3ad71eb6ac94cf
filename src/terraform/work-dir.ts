import { chmod, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * A private folder (0700) for one run, the same path each time: a saved plan remembers where it was made.
 * What an earlier, interrupted phase left in it is removed. `name` is the run id.
 */
export async function createWorkDir(base: string, name: string): Promise<string> {
  const workDir = workDirOf(base, name);
  await mkdir(base, { recursive: true, mode: 0o700 });
  await rm(workDir, { recursive: true, force: true });
  await mkdir(workDir, { mode: 0o700 });
  await chmod(workDir, 0o700);
  return workDir;
}

/** Removes it with all that is inside; `.terraform` is a link, so what is prepared stays. */
export async function removeWorkDir(workDir: string): Promise<void> {
  await rm(workDir, { recursive: true, force: true });
}

/** Removes the folders that no run in `keep` owns: what a killed worker left. Returns their names. */
export async function sweepWorkDirs(base: string, keep: ReadonlySet<string>): Promise<string[]> {
  const found = await readdir(base).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const left = found.filter((name) => safeName.test(name) && !keep.has(name));
  await Promise.all(left.map((name) => removeWorkDir(workDirOf(base, name))));
  return left;
}

const safeName = /^[a-z0-9][a-z0-9_-]*$/i;

/** Where the work directory of that name is. */
export function workDirOf(base: string, name: string): string {
  if (!safeName.test(name)) throw new Error(`not a name for a work directory: ${JSON.stringify(name)}`);
  return join(base, name);
}
