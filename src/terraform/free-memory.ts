import { readFileSync } from 'node:fs';
import { freemem } from 'node:os';
import { dirname, join } from 'node:path';

/**
 * Bytes that new processes may take: what the machine has to give (MemAvailable of proc(5), which is what Node tells), and no more
 * than each control group of this process leaves. Files that the kernel may drop from its cache do not count as taken.
 * https://docs.kernel.org/admin-guide/cgroup-v2.html
 */
export function availableBytes(root = '/sys/fs/cgroup', machine: number = freemem()): number {
  let least = machine;
  for (let group = ownGroup(root); group.startsWith(root); group = dirname(group))
    least = Math.min(least, leftIn(group));
  return Math.max(least, 0);
}

function ownGroup(root: string): string {
  const path = /^0::(\/.*)$/m.exec(read('/proc/self/cgroup') ?? '')?.[1] ?? '/';
  return join(root, path).replace(/\/$/, '');
}

function leftIn(group: string): number {
  const [limit, current] = [read(join(group, 'memory.max')), read(join(group, 'memory.current'))];
  if (limit === undefined || current === undefined || limit.trim() === 'max') return Infinity;
  const cached = /^inactive_file (\d+)$/m.exec(read(join(group, 'memory.stat')) ?? '')?.[1] ?? 0;
  return Number(limit) - Number(current) + Number(cached);
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
