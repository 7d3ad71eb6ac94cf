import { spawn } from 'node:child_process';

/** A process whose id may be announced to terraform, which kills that process when it cannot dial the socket. */
export interface Decoy {
  readonly pid: number;
  close(): void;
}

/** Starts a `cat` that waits on a pipe: it ends when this process does, however that happens. */
export async function startDecoy(): Promise<Decoy> {
  const child = spawn('cat', [], { stdio: ['pipe', 'ignore', 'ignore'], env: { PATH: '/usr/bin:/bin' } });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  child.on('error', () => undefined);
  child.stdin.on('error', () => undefined);
  child.unref();
  if (child.pid === undefined) throw new Error('the decoy process did not start');
  return { pid: child.pid, close: () => child.stdin.destroy() };
}
