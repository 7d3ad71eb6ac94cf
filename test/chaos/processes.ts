/** The process table, as proc(5) tells it. */
import { readdir, readFile, readlink } from 'node:fs/promises';

export interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly args: readonly string[];
  readonly folder: string;
}

export async function processes(): Promise<Process[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const all = await Promise.all(pids.map(read));
  return all.filter((one) => one !== undefined);
}

async function read(pid: number): Promise<Process | undefined> {
  try {
    const [stat, command, folder] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile(`/proc/${pid}/cmdline`, 'utf8'),
      readlink(`/proc/${pid}/cwd`),
    ]);
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z') return undefined;
    return { pid, parent: Number(fields[1]), args: command.split('\0').filter(Boolean), folder };
  } catch {
    return undefined;
  }
}

/** What works in a run's folder below `base`: terraform and all that it started. */
export async function terraforms(base: string): Promise<Process[]> {
  return (await processes()).filter(({ folder }) => folder.startsWith(`${base}/`));
}

/** The generator of stacks below a worker. */
export async function synthOf(workerPid: number): Promise<Process | undefined> {
  return (await processes()).find(
    ({ parent, args }) => parent === workerPid && args.some((arg) => arg.endsWith('stacks/synth/child.js')),
  );
}
