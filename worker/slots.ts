/**
 * The slots of a worker. A job says only that something is due: a slot that is woken takes whatever comes next, and goes on until
 * nothing is left to take. docs/fairness.md tells why no slot is free while a run waits that may be taken.
 */
import { appError } from '../src/errors/app-error.js';
import { newId } from '../src/lib/ids.js';
import type { JobName, JobPayload, JobQueue } from '../src/queue/queue.js';
import { availableBytes } from '../src/terraform/free-memory.js';
import type { WorkerDeps } from './deps.js';
import { doNext } from './jobs.js';
import { createMemoryGate } from './memory-gate.js';
import { tellMemoryWait } from './memory-wait.js';

export interface Slots {
  /** Takes no more, stops what runs; resolves when all of it has ended. */
  close(): Promise<void>;
}

export async function openSlots(deps: WorkerDeps, queue: JobQueue): Promise<Slots> {
  const { active, config } = deps;
  let stopping = false;
  const stopAll = () => {
    for (const [runId, { stop }] of active)
      stop.abort(appError('interrupted', `the worker is stopping; run ${runId} is carried on by another`));
  };
  const gate = createMemoryGate({ needMb: config.TERRAFORM_MEMORY_MB, available: availableBytes });
  const wait = tellMemoryWait(deps, { gate, onOver: () => working.resume() });

  /** Hands the job back, for another worker may have room, and takes none until there is some here. */
  const giveBack = async (name: JobName, payload: JobPayload) => {
    await working.pause();
    wait.begin();
    await queue.add({ name, payload, id: newId('event') });
  };
  const working = await queue.work(config.WORKER_CONCURRENCY, async (name, payload) => {
    for (let did = true; did && !stopping;) {
      const leave = gate.enter();
      if (leave === null) return giveBack(name, payload);
      did = await doNext(deps, () => void (stopping && stopAll())).finally(leave);
    }
  });
  return {
    close: async () => {
      stopping = true;
      wait.close();
      const closing = working.close();
      stopAll();
      await closing;
    },
  };
}
