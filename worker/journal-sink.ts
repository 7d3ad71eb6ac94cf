import { appendJournal, type JournalLine } from '../src/run/journal-store.js';
import type { WorkerDeps } from './deps.js';
import type { RunContext } from './run-context.js';

export interface JournalSink {
  add(entry: JournalLine): void;
  /** Waits until all is written; throws what the first failing write threw. */
  end(): Promise<void>;
}

/** Writes journal entries as they come; what comes while a write is under way goes together with the next. */
export function openJournal(deps: WorkerDeps, ctx: RunContext): JournalSink {
  let waiting: JournalLine[] = [];
  let writing: Promise<void> | undefined;
  let failure: unknown;
  const drain = async () => {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      await appendJournal(deps.db, ctx.lease, batch);
    }
  };
  return {
    add: (entry) => {
      waiting.push(entry);
      writing ??= drain()
        .catch((error: unknown) => (failure ??= error))
        .then(() => (writing = undefined));
    },
    end: async () => {
      await writing;
      await drain();
      if (failure !== undefined) throw failure;
    },
  };
}
