import type { Client } from 'pg';
import { canceled } from './run-context.js';
import type { WorkerDeps } from './deps.js';

/** Hears of cancels at once; the heartbeat finds any that this connection missed. */
export async function listenForCancels(deps: WorkerDeps, client: Client): Promise<void> {
  client.on('notification', ({ payload }) => {
    if (payload !== undefined) deps.active.get(payload)?.abort(canceled(payload));
  });
  client.on('error', (error) => deps.log.warn({ err: error }, 'the cancel listener lost its connection'));
  await client.query('listen terrace_cancel');
}
