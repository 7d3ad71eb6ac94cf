/**
 * moto, an independent stand-in for AWS (https://docs.getmoto.org), where it is installed: `MOTO_SERVER`, `moto_server` on the
 * PATH, or what `node scripts/moto.mjs` has put into `.terrace/moto`.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { projectRoot } from '../../src/lib/project-root.js';

export interface Moto {
  readonly endpoint: string;
  stop(): Promise<void>;
}

/** Throws where it is not installed, or cannot start. */
export async function startMoto(): Promise<Moto> {
  const ours = join(projectRoot, '.terrace/moto/bin/moto_server');
  const bin = process.env.MOTO_SERVER ?? (existsSync(ours) ? ours : 'moto_server');
  const child = spawn(bin, ['-H', '127.0.0.1', '-p', '0'], { stdio: ['ignore', 'ignore', 'pipe'] });
  child.once('error', () => undefined);
  const endpoint = await endpointOf(child);
  if (endpoint === null) throw new Error('moto is not installed: run node scripts/moto.mjs');
  return {
    endpoint,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

async function endpointOf(child: ChildProcess): Promise<string | null> {
  for await (const line of createInterface({ input: child.stderr! })) {
    const found = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(line);
    if (found === null) continue;
    child.stderr!.resume();
    return found[1]!;
  }
  return null;
}
