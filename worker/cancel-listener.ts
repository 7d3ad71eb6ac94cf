import { startListening } from '../src/db/listen.js';
import type { WorkerDeps } from './deps.js';
import { canceled } from './run-context.js';

/** Hears of cancels at once; the heartbeat finds any that came while there was no connection. */
export function listenForCancels(deps: WorkerDeps, databaseUrl: string): { close(): Promise<void> } {
  return startListening({
    databaseUrl,
    channel: 'terrace_cancel',
    log: deps.log,
    onNotify: (payload) => {
      const [runId = '', word] = payload.split(' ');
      const run = deps.active.get(runId);
      run?.stop.abort(canceled(runId));
      if (word === 'kill') run?.kill.abort();
    },
    onConnect: () => undefined,
  });
}
