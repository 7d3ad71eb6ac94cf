import { spawn } from 'node:child_process';

/** A process whose id may be announced to terraform, which kills that process when it cannot dial the socket. */
export interface Decoy {
  readonly pid: number;
  isAlive(): boolean;
  close(): void;
}

/** Decoys to borrow: each is one session's at a time, so that a kill strikes no other run, and is used again after it. */
export interface DecoyPool {
  borrow(): Promise<Decoy>;
  giveBack(decoy: Decoy): void;
  close(): void;
}

export function createDecoyPool(): DecoyPool {
  const idle: Decoy[] = [];
  let closed = false;
  return {
    borrow: async () => {
      for (let decoy = idle.pop(); decoy !== undefined; decoy = idle.pop()) if (decoy.isAlive()) return decoy;
      return startDecoy();
    },
    giveBack: (decoy) => {
      if (closed) decoy.close();
      else idle.push(decoy);
    },
    close: () => {
      closed = true;
      for (const decoy of idle.splice(0)) decoy.close();
    },
  };
}

/** Starts a `cat` that waits on a pipe: it ends when this process does, however that happens. */
async function startDecoy(): Promise<Decoy> {
  const child = spawn('cat', [], { stdio: ['pipe', 'ignore', 'ignore'], env: { PATH: '/usr/bin:/bin' } });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  child.on('error', () => undefined);
  child.stdin.on('error', () => undefined);
  child.unref();
  const { pid } = child;
  if (pid === undefined) throw new Error('the decoy process did not start');
  const isAlive = () => child.exitCode === null && child.signalCode === null;
  return { pid, isAlive, close: () => child.stdin.destroy() };
}
