import { mkdir, readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Queryable } from '../db/db.js';
import type { Log } from '../log/log.js';
import { createDecoyPool, type DecoyPool } from './decoy.js';
import { createFaultPlayer } from './fault-player.js';
import { providerCalls } from './provider-calls.js';
import { serveProvider, type ProviderServer } from './provider-server.js';
import type { SandboxRun } from './sandbox-run.js';
import { providerNames, typesInUse, type ProviderName } from './schema/types-in-use.js';

export type { SandboxRun } from './sandbox-run.js';

export interface SandboxSession {
  /** The value of TF_REATTACH_PROVIDERS for the terraform processes of this run. */
  readonly reattach: string;
  /** Ends the servers and removes the sockets; waiting calls end. */
  close(): Promise<void>;
}

export interface Sandbox {
  /** Providers for one run: the socket set tells the sandbox who calls. */
  open(run: SandboxRun): Promise<SandboxSession>;
  close(): Promise<void>;
}

export interface SandboxProps {
  readonly db: Queryable;
  /** Short: a socket path must stay under 107 bytes. */
  readonly socketFolder: string;
  readonly log: Log;
}

const socketNames: Record<ProviderName, string> = {
  aws: 'a',
  kubernetes: 'k',
  helm: 'h',
  docker: 'd',
  postgresql: 'p',
  random: 'r',
};
const longestPathBytes = 106;

let opened = 0;

/** Starts the stand-in for cloud providers inside this process. Sockets that a killed process left behind are removed. */
export async function startSandbox(props: SandboxProps): Promise<Sandbox> {
  const folder = resolve(props.socketFolder);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await removeLeftovers(folder);
  const decoys = createDecoyPool();
  const sessions = new Set<SandboxSession>();
  return {
    open: async (run) => {
      opened += 1;
      const own = join(folder, `${process.pid}.${opened.toString(36)}`);
      const session = await openSession({ ...props, socketFolder: own, decoys }, run);
      const tracked = {
        reattach: session.reattach,
        close: async () => {
          sessions.delete(tracked);
          await session.close();
        },
      };
      sessions.add(tracked);
      return tracked;
    },
    close: async () => {
      await Promise.all([...sessions].map((session) => session.close()));
      decoys.close();
    },
  };
}

async function openSession(
  props: SandboxProps & { decoys: DecoyPool },
  run: SandboxRun,
): Promise<SandboxSession> {
  const { db, log, socketFolder } = props;
  const faults = createFaultPlayer(db, run.environmentId);
  const socketPath = (provider: ProviderName) => join(socketFolder, `${socketNames[provider]}.s`);
  const bytes = Buffer.byteLength(socketPath('aws'));
  if (bytes > longestPathBytes)
    throw new Error(`the socket path has ${bytes} bytes, at most ${longestPathBytes} work`);
  await rm(socketFolder, { recursive: true, force: true });
  await mkdir(socketFolder, { mode: 0o700 });
  const [decoy] = await Promise.all([props.decoys.borrow(), faults.refresh()]);
  const servers: ProviderServer[] = [];
  let closed = false;
  const close = async () => {
    for (const server of servers) server.close();
    if (!closed) props.decoys.giveBack(decoy);
    closed = true;
    await rm(socketFolder, { recursive: true, force: true });
  };
  try {
    const serve = async (provider: ProviderName) => {
      const calls = providerCalls(provider, { db, run, faults });
      servers.push(await serveProvider({ provider, calls, socketPath: socketPath(provider), log }));
    };
    await Promise.all(providerNames.map(serve));
  } catch (error) {
    await close();
    throw error;
  }
  const entries = providerNames.map((provider) => [
    typesInUse[provider].source,
    {
      Protocol: 'grpc',
      ProtocolVersion: 6,
      Pid: decoy.pid,
      Test: true,
      Addr: { Network: 'unix', String: socketPath(provider) },
    },
  ]);
  return { reattach: JSON.stringify(Object.fromEntries(entries)), close };
}

async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const pid = /^(\d+)\./.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid)))
      await rm(join(folder, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
