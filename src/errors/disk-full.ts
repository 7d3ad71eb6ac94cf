import { appError, type AppError } from './app-error.js';
import { codeOf } from './error-code.js';

/** The folders that Terrace writes to, by the settings that name them. */
export type Folder = 'WORKDIR_BASE' | 'TERRACE_HOME';

/** `disk_full`, for the disk of that folder. */
export function diskFull(folder: Folder, props: { detail?: string; cause?: unknown } = {}): AppError {
  return appError(
    'disk_full',
    `no space is left on the worker's disk, in ${folder}: make room there, or set ${folder} to a larger disk; then retry`,
    props,
  );
}

/** Does work that writes below that folder. Throws `disk_full` for want of space or quota there, else what `work` throws. */
export async function onDisk<T>(folder: Folder, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isFull(error)) throw diskFull(folder, { detail: String(error), cause: error });
    throw error;
  }
}

function isFull(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'ENOSPC' || code === 'EDQUOT';
}

/** Why a process cannot start there: `disk_full` for want of space or quota, else `home_unwritable`. */
export function homeFault(home: string, cause: unknown): AppError {
  if (isFull(cause))
    return appError(
      'disk_full',
      `no space is left on the disk of TERRACE_HOME ${home}: make room there, or set TERRACE_HOME to a larger disk; then start again`,
      { cause },
    );
  const message = `TERRACE_HOME ${home} cannot be written (${codeOf(cause) ?? 'error'}): change its owner, or set another`;
  return appError('home_unwritable', message, { cause });
}
