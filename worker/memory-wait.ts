import { noteMemoryWait } from '../src/run/memory-wait-store.js';
import type { WorkerDeps } from './deps.js';
import type { MemoryGate } from './memory-gate.js';

export interface MemoryWait {
  /** There is no room: looked for until there is. Once more is no more. */
  begin(): void;
  close(): void;
}

type MemoryWaitDeps = Pick<WorkerDeps, 'db' | 'log'> & {
  readonly config: Pick<WorkerDeps['config'], 'TERRAFORM_MEMORY_MB'>;
};

const lookMs = 1000;
const tellEveryMs = 60_000;

/** Waits for room, and says so: in the log when it begins, each minute and when it is over; in the metrics each time. */
export function tellMemoryWait(
  { db, log, config }: MemoryWaitDeps,
  { gate, onOver }: { readonly gate: MemoryGate; readonly onOver: () => void },
): MemoryWait {
  let timer: NodeJS.Timeout | undefined;
  let toldAt = 0;
  const needed = { terraform_memory_mb: config.TERRAFORM_MEMORY_MB };
  const tell = (waits: 0 | 1, lackMb: number | null) => {
    const seconds = waits === 1 ? 0 : (performance.now() - toldAt) / 1000;
    toldAt = performance.now();
    noteMemoryWait(db, { waits, seconds, lackMb }).catch((error: unknown) =>
      log.debug({ err: error }, 'a wait for memory could not be counted'),
    );
  };
  const close = () => {
    clearInterval(timer);
    timer = undefined;
  };
  const look = () => {
    const isOver = gate.hasRoom();
    if (!isOver && performance.now() - toldAt < tellEveryMs) return;
    tell(0, isOver ? null : config.TERRAFORM_MEMORY_MB);
    if (!isOver) return log.warn(needed, 'still no memory for another terraform: runs wait');
    close();
    log.info(needed, 'there is memory for another terraform: runs go on');
    onOver();
  };
  return {
    close,
    begin: () => {
      if (timer !== undefined) return;
      tell(1, config.TERRAFORM_MEMORY_MB);
      log.warn(needed, 'no memory for another terraform: runs wait until there is, or for another worker');
      timer = setInterval(look, lookMs);
    },
  };
}
