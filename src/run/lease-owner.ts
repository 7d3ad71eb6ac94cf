/**
 * Names a process so that another one on the same machine can prove it dead: `host/pid-namespace/pid/start`.
 * `start` is the kernel's start time of the process (proc(5), field 22), so that a reused pid is not mistaken for it.
 */
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

export function thisOwner(): string {
  return [hostname(), pidNamespace(), process.pid, startOf(process.pid) ?? '-'].join('/');
}

/** True only when the owner ran on this machine and is known to be gone; an owner elsewhere is never judged. */
export function isOwnerDead(owner: string): boolean {
  const [host, namespace, pid, start] = owner.split('/');
  if (host !== hostname() || namespace !== pidNamespace() || pid === undefined) return false;
  const found = startOf(Number(pid));
  return start === '-' ? !isAlive(Number(pid)) : found !== start;
}

function pidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid').replace(/\D/g, '');
  } catch {
    return '-';
  }
}

function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
