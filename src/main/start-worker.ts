import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadCatalog } from '../../stacks/catalog.js';
import { startWorker } from '../../worker/worker.js';
import { thisOwner } from '../run/lease-owner.js';
import { loadPriceTable } from '../cost/table-file.js';
import { startCredentialEndpoint } from '../credentials/endpoint.js';
import { startSandbox } from '../sandbox/sandbox.js';
import { startStateBackend } from '../state/state-backend.js';
import { startSynth } from '../synth/synth-client.js';
import { findTerraform } from '../terraform/locate.js';
import type { Platform } from './platform.js';

export interface RunningWorker {
  close(): Promise<void>;
}

/** Starts a worker with everything it needs beside the platform: synth child, state backend, sandbox, terraform. */
export async function startWorkerProcess(platform: Platform): Promise<RunningWorker> {
  const { config, db, databaseUrl, keyring, log, queue } = platform;
  const tool = await findTerraform({ bin: config.TERRAFORM_BIN, home: config.home, path: config.path, log });
  const closers: (() => Promise<void>)[] = [];
  const synth = startSynth({ log, blueprintFolders: config.blueprintFolders });
  closers.push(() => synth.close());
  // The first run finds the generator loaded; one that cannot load is told by the run that needs it.
  synth.warm().catch((error: unknown) => log.warn({ err: error }, 'the stack generator could not be warmed'));
  const states = await startStateBackend({ db, keyring, log });
  closers.push(() => states.close());
  const credentials = await startCredentialEndpoint({ log });
  closers.push(() => credentials.close());
  const sandbox = config.sandbox
    ? await startSandbox({ db, socketFolder: await socketFolder(config.home), log })
    : null;
  if (sandbox !== null) closers.push(() => sandbox.close());
  const deps = {
    config,
    db,
    keyring,
    log,
    synth,
    blueprints: await loadCatalog(config.blueprintFolders),
    states,
    credentials,
    sandbox,
    tool,
    prices: await loadPriceTable(config.COST_TABLE),
    owner: thisOwner(),
    active: new Map(),
  };
  const worker = await startWorker({ ...deps, queue, databaseUrl });
  closers.push(() => worker.close());
  return {
    close: async () => {
      for (const closer of closers.reverse()) await closer();
    },
  };
}

/** A Unix socket's path has 107 bytes at most (unix(7)): below a deep home the sockets go to the temporary folder. */
async function socketFolder(home: string): Promise<string> {
  const inHome = join(home, 's');
  return Buffer.byteLength(inHome) <= 70 ? inHome : mkdtemp(join(tmpdir(), 'terrace-'));
}
