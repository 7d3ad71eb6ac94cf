/** How a state that terraform left reaches the database, whatever dies on the way: work directory, sealed file, `left_states`. */
import { readdir, rm } from 'node:fs/promises';
import { toAppError } from '../src/errors/app-error.js';
import { heldLeases } from '../src/run/lease-store.js';
import { isOwnerDead } from '../src/run/lease-owner.js';
import { getRun } from '../src/run/run-store.js';
import {
  listLeftFiles,
  readLeftFile,
  removeLeftFile,
  writeLeftFile,
  type LeftFile,
} from '../src/state/left-files.js';
import { keepLeft } from '../src/state/left-store.js';
import { parseState } from '../src/state/state-rules.js';
import { erroredStatePath, readErroredState } from '../src/terraform/terraform.js';
import { workDirOf } from '../src/terraform/work-dir.js';
import type { WorkerDeps } from './deps.js';

export type HandInDeps = Pick<WorkerDeps, 'config' | 'db' | 'keyring' | 'log' | 'active'>;

export interface Left {
  readonly runId: string;
  readonly epoch: number;
  readonly body: Buffer;
}

/** Keeps a state sealed on this machine, then in the database if that answers: false = it does not yet. */
export async function keepSealed(deps: HandInDeps, left: Left, why: string): Promise<boolean> {
  try {
    parseState(left.body.toString('utf8'));
  } catch {
    deps.log.warn(
      { run_id: left.runId },
      'terraform died while it wrote errored.tfstate; the journal has what it made',
    );
    return true;
  }
  await writeLeftFile({ home: deps.config.home, keyring: deps.keyring }, left);
  try {
    await handIn(deps, why);
    return true;
  } catch (error) {
    deps.log.warn(
      { err: error, run_id: left.runId },
      'a state is kept sealed on this machine until it can be stored',
    );
    return false;
  }
}

/** Brings all sealed files of this machine into the database. Throws `database_unavailable`; the files stay then. */
export async function handIn(deps: HandInDeps, why = unreachable): Promise<void> {
  for (const file of await listLeftFiles(deps.config.home))
    await handInOne(deps, file, why).catch((error: unknown) => {
      if (toAppError(error).code === 'database_unavailable') throw error;
      deps.log.warn({ err: error, path: file.path }, 'a state that is kept sealed here cannot be handed in');
    });
}

async function handInOne({ db, keyring, log }: HandInDeps, file: LeftFile, why: string): Promise<void> {
  const body = await readLeftFile(keyring, file);
  if (body === undefined) return;
  const { runId, epoch } = file;
  const { environmentId } = await getRun(db, null, runId);
  await keepLeft(db, keyring, { environmentId, runId, epoch, body, why });
  await removeLeftFile(file);
  log.info(
    { run_id: runId, environment_id: environmentId },
    'a state that was kept sealed here was handed in',
  );
}

const unreachable = 'PostgreSQL did not answer';

/** Seals what a worker that was killed left in clear in work directories. */
export async function sealForgotten(deps: HandInDeps): Promise<void> {
  const { config, db, active } = deps;
  const names = await readdir(config.workdirBase).catch(() => []);
  if (names.length === 0) return;
  const leases = await heldLeases(db);
  const alive = new Set(leases.filter(({ owner }) => !isOwnerDead(owner)).map(({ runId }) => runId));
  for (const runId of names.filter((name) => !active.has(name) && !alive.has(name))) {
    const workDir = workDirOf(config.workdirBase, runId);
    const body = await readErroredState(workDir);
    if (body === undefined) continue;
    const { leaseEpoch: epoch } = await getRun(db, null, runId);
    await keepSealed(deps, { runId, epoch, body }, 'its worker died');
    await rm(erroredStatePath(workDir), { force: true });
  }
}
