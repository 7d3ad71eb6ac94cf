/** What people do with the versions of a state. */
import { getAccount } from '../account/account-store.js';
import type { Keyring } from '../crypto/envelope.js';
import { inTransaction, type Db, type Queryable, type Tx } from '../db/db.js';
import { forgetDrift } from '../drift/drift-store.js';
import { actionRefused, activeRunFault } from '../environment/environment-action.js';
import { getEnvironment, lockEnvironment } from '../environment/environment-store.js';
import { assertNotDiverged } from '../environment/queue-run.js';
import type { Environment, StateRestored } from '../environment/environment.js';
import { appError } from '../errors/app-error.js';
import { appendEvent } from '../event/event-store.js';
import { sha256 } from '../lib/hash.js';
import type { Page, PageRequest } from '../lib/page.js';
import { activeRunId } from '../run/run-store.js';
import { stopDriftCheck } from '../run/run-transition.js';
import type { RequestContext } from '../token/principal.js';
import { diffStates, type StateDiff } from './diff-rules.js';
import { markRestored } from './restore-store.js';
import { parseState, withSerial } from './state-rules.js';
import { insertRestored, latestVersion, lockProof, openVersion } from './state-store.js';
import { findStateVersion, listStateVersions, type StateVersion } from './version-store.js';

export interface RestoreState {
  readonly serial: number;
  /** The name of the environment, typed by who knows what this does. */
  readonly confirm: string;
  readonly reason: string;
}

/** Throws `not_found` for another tenant's environment, and for a serial that is not there. */
export interface StateVersions {
  list(ctx: RequestContext, environmentId: string, page: PageRequest): Promise<Page<StateVersion>>;
  read(ctx: RequestContext, environmentId: string, serial: number): Promise<StateVersion>;
  /** From one version to the other, whichever is newer. Throws `state_in_bucket`. */
  diff(ctx: RequestContext, environmentId: string, serials: readonly [number, number]): Promise<StateDiff>;
  /** The state in clear, as terraform wrote it. Throws `state_in_bucket`. */
  content(ctx: RequestContext, environmentId: string, serial: number): Promise<string>;
  /**
   * Writes a former state as the newest version, under a higher serial. Throws `state_in_bucket`, `active_run`, `state_locked`,
   * `action_not_allowed`, `invalid_request` and `state_conflict`.
   */
  restore(ctx: RequestContext, environmentId: string, command: RestoreState): Promise<StateVersion>;
}

export interface StateVersionsProps {
  readonly db: Db;
  readonly keyring: Keyring;
}

export function createStateVersions(props: StateVersionsProps): StateVersions {
  const { db } = props;
  const seen = ({ principal }: RequestContext, id: string) => getEnvironment(db, principal.tenantId, id);
  const read = async (ctx: RequestContext, id: string, serial: number) =>
    versionOf(db, await seen(ctx, id), serial);
  const content = async (ctx: RequestContext, id: string, serial: number) =>
    open(props, await read(ctx, id, serial));
  return {
    list: async (ctx, id, page) => listStateVersions(db, (await seen(ctx, id)).environmentId, page),
    read,
    content,
    diff: async (ctx, id, serials) => {
      const [older, newer] = [...serials].sort((a, b) => a - b);
      const state = async (serial = 0) => parseState(await content(ctx, id, serial));
      return diffStates(await state(older), await state(newer));
    },
    restore: (ctx, id, command) => inTransaction(db, (tx) => restore(props, ctx, { tx, id, command })),
  };
}

async function versionOf(
  db: Queryable,
  { environmentId }: Environment,
  serial: number,
): Promise<StateVersion> {
  const version = await findStateVersion(db, environmentId, serial);
  if (version !== null) return version;
  throw appError('not_found', `no state version ${serial} of environment ${environmentId}`);
}

function open({ keyring }: StateVersionsProps, version: StateVersion): string {
  const { environmentId, serial, objectVersion } = version;
  if (objectVersion !== null)
    throw appError(
      'state_in_bucket',
      `state ${serial} of environment ${environmentId} is in the bucket of its account, as version ${objectVersion} of its object: read it, or put it back, there`,
    );
  return openVersion(keyring, environmentId, version);
}

interface Restore {
  readonly tx: Tx;
  readonly id: string;
  readonly command: RestoreState;
}

async function restore(
  props: StateVersionsProps,
  ctx: RequestContext,
  { tx, id, command }: Restore,
): Promise<StateVersion> {
  const environment = await lockEnvironment(tx, ctx.principal.tenantId, id);
  await versionOf(tx, environment, command.serial);
  assertNotDiverged(environment);
  await assertManaged(tx, environment);
  assertConfirmed(environment, command.confirm);
  await assertAtRest(tx, environment);
  return putBack(props, ctx, { tx, environment, command });
}

/** Writes a former state as the newest one; the environment is locked by the caller, managed, confirmed and at rest. */
export async function putBack(
  props: StateVersionsProps,
  { principal }: RequestContext,
  { tx, environment, command }: { tx: Tx; environment: Environment; command: RestoreState },
): Promise<StateVersion> {
  const { environmentId: id } = environment;
  const { serial: from, reason } = command;
  const former = await versionOf(tx, environment, from);
  const latest = await latestVersion(tx, id);
  if (latest?.serial === from) {
    const message = `is the newest state of environment ${id}: name a former one`;
    throw appError('invalid_request', `serial: ${message}`, { errors: [{ path: 'serial', message }] });
  }
  const text = open(props, former);
  if (latest === null || latest.lineage !== former.lineage)
    throw appError(
      'state_conflict',
      `state ${from} has lineage ${former.lineage}; the newest of environment ${id} is of another: nothing was written`,
    );
  await stopDriftCheck(tx, id, `${principal.name} put state ${from} back`);
  const serial = latest.serial + 1;
  const body = withSerial(text, serial);
  const resourceCount = parseState(body).resources.length;
  await insertRestored(tx, props.keyring, {
    ...{
      environmentId: id,
      serial,
      lineage: former.lineage,
      sha256: sha256(body),
      text: body,
      resourceCount,
    },
    ...{ restoredFrom: from, restoredBy: principal.name, restoreReason: reason },
  });
  const restored_at = new Date().toISOString();
  const mark: StateRestored = {
    ...{ serial, from_serial: from },
    ...{ restored_by: principal.name, restored_at, reason },
  };
  await markRestored(tx, id, mark);
  await forgetDrift(tx, id);
  await appendEvent(tx, {
    tenantId: environment.tenantId,
    environmentId: id,
    runId: null,
    type: 'state_restored',
    message: `${principal.name} put state ${from} back as state ${serial}: ${reason}`,
    data: { ...mark },
  });
  return versionOf(tx, environment, serial);
}

/** Throws `state_in_bucket` where the customer keeps the states. */
export async function assertManaged(
  tx: Tx,
  { environmentId: id, tenantId, accountId }: Environment,
): Promise<void> {
  const { state } = await getAccount(tx, tenantId, accountId);
  if (state.kind !== 'managed')
    throw appError(
      'state_in_bucket',
      `the states of environment ${id} are in the bucket of account ${accountId}: copy the former version of its object over the newest there, with its serial raised`,
    );
}

/** Throws `invalid_request` when the name that was typed is another. */
export function assertConfirmed({ name }: Environment, confirm: string): void {
  if (confirm === name) return;
  const message = `must be the name of the environment, ${name}`;
  throw appError('invalid_request', `confirm: ${message}`, { errors: [{ path: 'confirm', message }] });
}

/** Throws `active_run`, `state_locked` and, for a destroyed one, `action_not_allowed`. */
export async function assertAtRest(tx: Tx, environment: Environment): Promise<void> {
  const { environmentId: id, status } = environment;
  const active = await activeRunId(tx, id);
  if (active !== null) throw activeRunFault(environment, active);
  const held = await lockProof(tx, id);
  if (held?.alive === true)
    throw appError('state_locked', `the state of environment ${id} is locked by run ${held.runId}`);
  if (status === 'destroyed')
    throw actionRefused(environment, `environment ${id} is destroyed: restore is not possible`);
}
