import { setTimeout as delay } from 'node:timers/promises';
import type { Log } from '../log/log.js';
import { clearOrphan, startPostmaster, stopPostmaster, type PostmasterProps } from './postmaster.js';

const pausesMs = [50, 250, 1_000, 5_000];

/** Keeps one server running on its port: one that dies by itself is started again. Rejects only if the first start fails. */
export async function supervise(props: PostmasterProps, log: Log): Promise<{ stop(): Promise<void> }> {
  let stopping = false;
  let pid: number | undefined;
  let restart: Promise<void> = Promise.resolve();

  const start = async (): Promise<void> => {
    const child = await startPostmaster(props);
    pid = child.pid;
    const revive = (code: number | null, signal: string | null) => {
      pid = undefined;
      if (stopping) return;
      log.error({ code, signal }, 'the embedded PostgreSQL died; starting it again');
      restart = keepTrying();
    };
    if (child.exitCode !== null || child.signalCode !== null) revive(child.exitCode, child.signalCode);
    else child.once('exit', revive);
  };
  const keepTrying = async (): Promise<void> => {
    for (let attempt = 0; !stopping; attempt++) {
      await delay(pausesMs[Math.min(attempt, pausesMs.length - 1)]);
      if (stopping) return;
      try {
        await clearOrphan(props.dataFolder);
        await start();
        return log.warn('the embedded PostgreSQL is back');
      } catch (error) {
        log.error({ err: error }, 'the embedded PostgreSQL could not be started again');
      }
    }
  };
  // Where nothing else tells the server that this process ends (no setpriv), an orderly end does.
  const onExit = () => {
    if (pid !== undefined) process.kill(pid, 'SIGINT');
  };

  await start();
  process.once('exit', onExit);
  return {
    stop: async () => {
      stopping = true;
      process.off('exit', onExit);
      await restart;
      if (pid !== undefined) await stopPostmaster(pid);
    },
  };
}
