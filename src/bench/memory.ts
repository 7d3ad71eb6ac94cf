import { readdir, readFile } from 'node:fs/promises';

export interface ProcessMemory {
  /** Such as `node`, `synth`, `postgres`; several processes of a kind are one entry. */
  readonly kind: string;
  readonly processes: number;
  /** Resident megabytes (2^20), shared pages counted in every process that has them. */
  readonly rssMb: number;
  /** Megabytes with shared pages divided among those that share them, proc(5) `smaps_rollup`; null where it cannot be read. */
  readonly pssMb: number | null;
}

/** Memory of a process and all below it, by kind; empty where there is no /proc. */
export async function memoryOfTree(rootPid: number): Promise<ProcessMemory[]> {
  const kinds = new Map<string, ProcessMemory>();
  for (const pid of await treeOf(rootPid)) {
    const own = await memoryOf(pid);
    if (own === undefined) continue;
    const sum = kinds.get(own.kind) ?? { kind: own.kind, processes: 0, rssMb: 0, pssMb: 0 };
    kinds.set(own.kind, {
      kind: own.kind,
      processes: sum.processes + 1,
      rssMb: sum.rssMb + own.rssMb,
      pssMb: sum.pssMb === null || own.pssMb === null ? null : sum.pssMb + own.pssMb,
    });
  }
  return [...kinds.values()];
}

/** A process and all below it. */
export async function treeOf(rootPid: number): Promise<number[]> {
  const names = await readdir('/proc').catch(() => []);
  const parents = new Map<number, number>();
  for (const name of names.filter((one) => /^\d+$/.test(one))) {
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
    parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
  }
  const tree = parents.has(rootPid) ? [rootPid] : [];
  for (const pid of tree)
    for (const [child, parent] of parents) if (parent === pid && !tree.includes(child)) tree.push(child);
  return tree;
}

async function memoryOf(pid: number): Promise<Omit<ProcessMemory, 'processes'> | undefined> {
  try {
    const [command, status] = await Promise.all([
      readFile(`/proc/${pid}/cmdline`, 'utf8'),
      readFile(`/proc/${pid}/status`, 'utf8'),
    ]);
    const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
    return { kind: kindOf(command), rssMb: megabytes(status, 'VmRSS') ?? 0, pssMb: megabytes(rollup, 'Pss') };
  } catch {
    return undefined;
  }
}

function megabytes(text: string, name: string): number | null {
  const found = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text);
  return found === null ? null : Number(found[1]) / 1024;
}

function kindOf(command: string): string {
  if (command.includes('postgres')) return 'postgres';
  if (command.includes('synth/child')) return 'synth';
  return /([\w-]+)$/.exec(command.split('\0')[0] ?? '')?.[1] ?? 'other';
}
