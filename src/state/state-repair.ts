/** What admins do about a state that has diverged. */
import type { Keyring } from '../crypto/envelope.js';
import { inTransaction, type Db, type Tx } from '../db/db.js';
import { actionRefused } from '../environment/environment-action.js';
import { getEnvironment, lockEnvironment } from '../environment/environment-store.js';
import type { Environment } from '../environment/environment.js';
import { appendEvent } from '../event/event-store.js';
import { sha256 } from '../lib/hash.js';
import type { RequestContext } from '../token/principal.js';
import { clearDiverged, findLeft, openLeft, openLefts, settleLeft, type LeftState } from './left-store.js';
import { parseState, withSerial } from './state-rules.js';
import { insertRestored, latestVersion } from './state-store.js';
import {
  assertAtRest,
  assertConfirmed,
  assertManaged,
  putBack,
  type StateVersionsProps,
} from './state-versions.js';

/** Which state holds from now on. */
export type Take =
  | { readonly take: 'left_state' }
  | { readonly take: 'stored_version'; readonly serial: number }
  /** What is stored: the state that was left is passed over. */
  | { readonly take: 'current' };

export type RepairState = Take & {
  /** The name of the environment. */
  readonly confirm: string;
  readonly reason: string;
};

/** Throws `not_found` for another tenant's environment. */
export interface StateRepair {
  /** The state that was left, as terraform wrote it. Throws `action_not_allowed` where none is kept. */
  left(ctx: RequestContext, environmentId: string): Promise<string>;
  /**
   * Ends the block; runs are reviewed as ever. Throws `action_not_allowed` when the state has not diverged, `invalid_request`,
   * `active_run`, `state_locked`, `state_in_bucket` and `state_conflict`.
   */
  repair(ctx: RequestContext, environmentId: string, command: RepairState): Promise<Environment>;
}

export function createStateRepair(props: StateVersionsProps): StateRepair {
  const { db, keyring } = props;
  return {
    left: async ({ principal }, id) => {
      const environment = await getEnvironment(db, principal.tenantId, id);
      return openLeft(keyring, await leftOf(db, environment));
    },
    repair: (ctx, id, command) => inTransaction(db, (tx) => repair(props, ctx, { tx, id, command })),
  };
}

async function leftOf(db: Db | Tx, environment: Environment): Promise<LeftState> {
  const { environmentId, stateDiverged } = environment;
  const id = stateDiverged?.left_state_id ?? null;
  const left = id === null ? null : await findLeft(db, id);
  if (left === null)
    throw actionRefused(
      environment,
      `no state of environment ${environmentId} was left that waits for a decision`,
    );
  return left;
}

interface Repair {
  readonly tx: Tx;
  readonly id: string;
  readonly command: RepairState;
}

async function repair(
  props: StateVersionsProps,
  ctx: RequestContext,
  { tx, id, command }: Repair,
): Promise<Environment> {
  const { principal } = ctx;
  const environment = await lockEnvironment(tx, principal.tenantId, id);
  const { stateDiverged, tenantId } = environment;
  if (stateDiverged === null)
    throw actionRefused(
      environment,
      `the state of environment ${id} has not diverged: repair is not possible`,
    );
  assertConfirmed(environment, command.confirm);
  await assertAtRest(tx, environment);
  if (command.take !== 'current') await assertManaged(tx, environment);
  if (command.take === 'left_state')
    await takeLeft(props.keyring, { tx, environment, command, by: principal.name });
  if (command.take === 'stored_version')
    await putBack(props, ctx, { tx, environment, command: { ...command, serial: command.serial } });
  for (const { leftStateId } of await openLefts(tx, id)) await settleLeft(tx, leftStateId, 'dropped');
  await clearDiverged(tx, id);
  const chosen = command.take === 'stored_version' ? `stored_version ${command.serial}` : command.take;
  await appendEvent(tx, {
    tenantId,
    environmentId: id,
    runId: null,
    type: 'state_repaired',
    message: `${principal.name} decided which state holds: ${chosen}: ${command.reason}`,
    data: {
      take: command.take,
      left_state_id: stateDiverged.left_state_id,
      diverged_since: stateDiverged.since,
    },
  });
  return getEnvironment(tx, null, id);
}

/** Makes it the newest version, above all that is stored, whatever its lineage. */
async function takeLeft(
  keyring: Keyring,
  { tx, environment, command, by }: { tx: Tx; environment: Environment; command: RepairState; by: string },
): Promise<void> {
  const { environmentId } = environment;
  const left = await leftOf(tx, environment);
  const newest = (await latestVersion(tx, environmentId))?.serial ?? 0;
  const serial = Math.max(newest + 1, left.serial);
  const text = withSerial(openLeft(keyring, left), serial);
  await insertRestored(tx, keyring, {
    ...{ environmentId, serial, lineage: left.lineage, sha256: sha256(text), text },
    resourceCount: parseState(text).resources.length,
    ...{ restoredFrom: left.serial, restoredBy: by, restoreReason: command.reason },
  });
  await settleLeft(tx, left.leftStateId, 'chosen');
}
