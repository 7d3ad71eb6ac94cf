/** The faults that strike processes and servers. Those of providers are armed before, see play.ts. */
import { Redis } from 'ioredis';
import { eventually } from '../support/eventually.js';
import { insist } from './break-point.js';
import { endProcess, type Fleet } from './fleet.js';
import type { FaultName } from './matrix.js';
import { terraforms } from './processes.js';

/** Does the worst at once, and returns what has to be done when the held change was let go. */
export async function strike(
  fleet: Fleet,
  fault: Exclude<FaultName, 'provider fault'>,
  pick: (below: number) => number,
): Promise<() => Promise<void>> {
  switch (fault) {
    case 'SIGKILL worker': {
      await endProcess(fleet.worker(), 'SIGKILL');
      return () => insist(() => fleet.startWorker());
    }
    case 'SIGTERM worker': {
      const ended = endProcess(fleet.worker(), 'SIGTERM');
      return async () => {
        await ended;
        await fleet.startWorker();
      };
    }
    case 'SIGKILL terraform': {
      const found = await terraforms(fleet.workdirBase);
      if (found.length === 0) throw new Error('no terraform runs here');
      for (const { pid } of found) process.kill(pid, 'SIGKILL');
      return async () => undefined;
    }
    case 'PostgreSQL restart': {
      const pid = await fleet.postmasterPid();
      // Fast, immediate, or as the machine does it when memory is gone.
      process.kill(pid, (['SIGINT', 'SIGQUIT', 'SIGKILL'] as const)[pick(3)]!);
      await eventually('another server runs', async () => (await newPid(fleet, pid)) !== pid);
      return async () => void (await insist(() => fleet.db.query('select 1')));
    }
    case 'Redis flush': {
      if (fleet.redis === undefined) throw new Error('this fleet has no Redis');
      const redis = new Redis(fleet.redis.url);
      await redis.flushall();
      redis.disconnect();
      return async () => undefined;
    }
  }
}

async function newPid(fleet: Fleet, former: number): Promise<number> {
  return fleet.postmasterPid().then(
    (pid) => (Number.isNaN(pid) ? former : pid),
    () => former,
  );
}
