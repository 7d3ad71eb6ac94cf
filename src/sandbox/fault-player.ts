import { setTimeout as wait } from 'node:timers/promises';
import type { Queryable } from '../db/db.js';
import { strikes, type Fault, type FaultTarget } from './faults.js';
import { listFaults, takeFault, type StoredFault } from './sandbox-store.js';

/** The cloud refused the call; the text is shown by terraform. */
export class Refusal extends Error {}

/** The provider process died in mid-call: no answer is given. */
export class Death extends Error {}

/** Makes the signal of a call when someone has to wait: most calls never do. */
export type CallSignal = () => AbortSignal;

export type ReadFault = Extract<Fault, { kind: 'drift' | 'gone' }>;

/** Plays the faults of one environment for one session. */
export interface FaultPlayer {
  /** Reads the faults anew. Called whenever a terraform process configures a provider. */
  refresh(): Promise<void>;
  /** Delays, hangs, throws `Refusal` or `Death`, as told. Ends early, with `Refusal`, when the signal fires. */
  before(target: FaultTarget, signal: CallSignal): Promise<void>;
  /** Throws `Death` where a fault strikes after the change. */
  after(target: FaultTarget): Promise<void>;
  /** What happened to the object behind Terraform's back. */
  onRead(target: FaultTarget): Promise<ReadFault[]>;
}

const hangPollMs = 500;

export function createFaultPlayer(db: Queryable, environmentId: string): FaultPlayer {
  let faults: readonly StoredFault[] = [];

  async function struck(target: FaultTarget, wanted: (fault: Fault) => boolean): Promise<StoredFault[]> {
    const taken: StoredFault[] = [];
    for (const stored of faults)
      if (wanted(stored.fault) && strikes(stored.fault, target) && (await takeFault(db, stored.faultId)))
        taken.push(stored);
    return taken;
  }

  /** Until the fault is removed; one that strikes a limited number of times is used up already and lasts until the call ends. */
  async function hang(stored: StoredFault, signal: AbortSignal): Promise<void> {
    const isThere = async () =>
      (await listFaults(db, environmentId)).some(({ faultId }) => faultId === stored.faultId);
    while (stored.fault.times !== undefined || (await isThere())) await pause(hangPollMs, signal);
  }

  return {
    refresh: async () => {
      faults = await listFaults(db, environmentId);
    },
    before: async (target, signal) => {
      for (const stored of await struck(target, strikesBefore)) {
        const { fault } = stored;
        if (fault.kind === 'delay') await pause(fault.delay_ms, signal());
        else if (fault.kind === 'hang') await hang(stored, signal());
        else if (fault.kind === 'fail') throw new Refusal(fault.message);
        else throw new Death('the provider was told to die');
      }
    },
    after: async (target) => {
      const deaths = await struck(target, (fault) => fault.kind === 'die' && fault.stage === 'after');
      if (deaths.length > 0) throw new Death('the provider was told to die');
    },
    onRead: async (target) => {
      const found = await struck(target, (fault) => fault.kind === 'drift' || fault.kind === 'gone');
      return found.flatMap(({ fault }) => (fault.kind === 'drift' || fault.kind === 'gone' ? [fault] : []));
    },
  };
}

function strikesBefore(fault: Fault): boolean {
  return (
    fault.kind !== 'drift' && fault.kind !== 'gone' && !(fault.kind === 'die' && fault.stage === 'after')
  );
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await wait(ms, undefined, { signal });
  } catch (cause) {
    throw new Refusal('the call was stopped', { cause });
  }
}
