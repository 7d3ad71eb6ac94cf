import { appError, type AppError } from './app-error.js';

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
    if (['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? ''))
      throw diskFull(folder, { detail: String(error), cause: error });
    throw error;
  }
}
