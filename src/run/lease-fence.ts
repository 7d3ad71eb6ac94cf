import { appError } from '../errors/app-error.js';

/** Throws `lease_lost` when a write that carried a lease's epoch found no row: the run is another worker's by now. */
export function assertWritten(run: { readonly runId: string }, rowCount: number | null): void {
  if ((rowCount ?? 0) === 0)
    throw appError('lease_lost', `run ${run.runId} was taken over by another worker`);
}
