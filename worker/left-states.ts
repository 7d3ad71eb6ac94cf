/**
 * States that an apply left and nobody could store then: before a run plans, each becomes the newest version if nobody has
 * written since, is passed over if all it knows is known by now, or blocks the environment (docs/recovery.md).
 */
import { inTransaction } from '../src/db/db.js';
import { lockEnvironment } from '../src/environment/environment-store.js';
import { appError, toAppError } from '../src/errors/app-error.js';
import { knownToLeftAlone, leftText } from '../src/state/left-rules.js';
import {
  markDiverged,
  openLeft,
  openLefts,
  settleLeft,
  versionBelow,
  writtenSince,
  type LeftState,
} from '../src/state/left-store.js';
import { assertFenced } from '../src/state/state-protocol.js';
import { parseState } from '../src/state/state-rules.js';
import { newestInBucket } from '../src/state/state-store.js';
import type { StateSource } from '../src/state/state-source.js';
import type { WorkerDeps } from './deps.js';
import type { RunContext } from './run-context.js';

/** Throws `state_diverged` when one of them blocks the environment from now on. */
export async function settleLefts(deps: WorkerDeps, ctx: RunContext, states: StateSource): Promise<void> {
  for (const left of await openLefts(deps.db, ctx.run.environmentId))
    await settleOne(deps, ctx, { states, left });
}

interface Settling {
  readonly states: StateSource;
  readonly left: LeftState;
}

async function settleOne(deps: WorkerDeps, ctx: RunContext, { states, left }: Settling): Promise<void> {
  const body = openLeft(deps.keyring, left);
  if (await becameNewest(deps, { states, left }, body)) {
    await settleLeft(deps.db, left.leftStateId, 'saved');
    return ctx.say(`state ${left.serial}, which run ${left.runId} had left, was stored`);
  }
  const stored = await states.read();
  const lost = knownToLeftAlone(parseState(body), stored, await versionBelow(deps, left));
  if (lost.length === 0) return settleLeft(deps.db, left.leftStateId, 'known');
  await blockEnvironment(deps, ctx, {
    reason: leftText(left, lost, stored),
    left_state_id: left.leftStateId,
  });
}

async function becameNewest(deps: WorkerDeps, { states, left }: Settling, body: string): Promise<boolean> {
  if (await writtenSince(deps.db, left)) return false;
  try {
    await states.rescue(Buffer.from(body));
    return true;
  } catch (error) {
    if (toAppError(error).code === 'state_conflict') return false;
    throw error;
  }
}

/**
 * Where the customer keeps the state: throws `state_diverged` when what is there is older than what a run has written last, of
 * another lineage, or gone. A newer one is the owner's right.
 */
export async function assertNotGoneBack(
  deps: BlockDeps,
  ctx: BlockContext,
  states: StateSource,
): Promise<void> {
  const newest = await newestInBucket(deps.db, ctx.run.environmentId);
  if (newest === null) return;
  const stored = await states.read();
  if (stored !== null && stored.lineage === newest.lineage && stored.serial >= newest.serial) return;
  const there = stored === null ? 'no state is' : `state ${stored.serial} of lineage ${stored.lineage} is`;
  const reason = `${there} in the bucket, but state ${newest.serial} of lineage ${newest.lineage} was written last: put that, or one of its lineage with that serial or a higher one, there`;
  await blockEnvironment(deps, ctx, { reason, left_state_id: null });
}

type BlockDeps = Pick<WorkerDeps, 'db'>;
type BlockContext = Pick<RunContext, 'run' | 'lease'>;

/** Marks the environment, and throws what this run ends with. */
async function blockEnvironment(
  { db }: BlockDeps,
  { run, lease }: BlockContext,
  mark: { readonly reason: string; readonly left_state_id: string | null },
): Promise<never> {
  await inTransaction(db, async (tx) => {
    await lockEnvironment(tx, null, run.environmentId);
    await assertFenced(tx, { environmentId: run.environmentId, ...lease });
    await markDiverged(tx, run, mark);
  });
  const repair = `decide with POST /api/v1/environments/${run.environmentId}/state/repair`;
  throw appError('state_diverged', `the state has diverged: ${mark.reason}; ${repair}`);
}
