import { startListening } from '../src/db/listen.js';
import type { WorkerDeps } from './deps.js';
import { canceled } from './run-context.js';

/** Hears of cancels at once; the heartbeat finds any that came while there was no connection. */
export function listenForCancels(deps: WorkerDeps, databaseUrl: string): { close(): Promise<void> } {
  return startListening({
    databaseUrl,
    channel: 'terrace_cancel',
    log: deps.log,
    onNotify: (runId) => deps.active.get(runId)?.abort(canceled(runId)),
    onConnect: () => undefined,
  });
}
