import { z } from 'zod';
import type { StateDiff } from '../../src/state/diff-rules.js';
import type { RestoreState } from '../../src/state/state-versions.js';
import type { LockProof } from '../../src/state/state-store.js';
import type { StateVersion } from '../../src/state/version-store.js';
import { anId, iso, pageOf, pageQuery, time } from './common.js';

export const stateRestored = z
  .strictObject({
    serial: z.int(),
    from_serial: z.int().describe('the former version that it is a copy of'),
    restored_by: z.string(),
    restored_at: time,
    reason: z.string(),
  })
  .meta({ id: 'StateRestored' });

export const stateDiverged = z
  .strictObject({
    reason: z.string(),
    since: time,
    left_state_id: z.string().nullable().describe('the state that was left and is kept sealed'),
  })
  .meta({ id: 'StateDiverged' });

const serial = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

export const stateVersionParams = z.strictObject({ environment_id: anId('`env_...`'), serial });
export const stateVersionsQuery = z.strictObject(pageQuery(200, 50));
export const stateVersionQuery = z.strictObject({
  diff: serial.optional().describe('serial of another version: also tells what differs'),
});

const names = z.array(z.string());

const stateDiff = z
  .strictObject({
    from_serial: z.int().describe('the older of the two'),
    to_serial: z.int(),
    added: names.describe('addresses'),
    removed: names,
    changed: z.array(z.strictObject({ address: z.string(), attributes: names.describe('paths; no values') })),
    outputs: names.describe('names of outputs that differ'),
  })
  .meta({ id: 'StateDiff' });

export const stateVersion = z
  .strictObject({
    serial: z.int(),
    state_version_id: z.string(),
    environment_id: z.string(),
    lineage: z.string(),
    sha256: z.string(),
    size_bytes: z.int(),
    resource_count: z.int(),
    object_version: z
      .string()
      .nullable()
      .describe("of the object in the customer's bucket that has the state; null where Terrace keeps it"),
    run_id: z.string().nullable().describe('null = put back by a person'),
    restored_from: z.int().nullable(),
    restored_by: z.string().nullable(),
    restore_reason: z.string().nullable(),
    created_at: time,
  })
  .meta({ id: 'StateVersion' });

export const stateVersionPage = pageOf('StateVersionPage', stateVersion);

export const stateVersionDetail = stateVersion
  .extend({ diff: stateDiff.nullable().describe('null when it was not asked for') })
  .meta({ id: 'StateVersionDetail' });

export function stateVersionView(one: StateVersion): z.input<typeof stateVersion> {
  return {
    serial: one.serial,
    state_version_id: one.stateVersionId,
    environment_id: one.environmentId,
    lineage: one.lineage,
    sha256: one.sha256,
    size_bytes: one.sizeBytes,
    resource_count: one.resourceCount,
    object_version: one.objectVersion,
    run_id: one.runId,
    restored_from: one.restoredFrom,
    restored_by: one.restoredBy,
    restore_reason: one.restoreReason,
    created_at: iso(one.createdAt),
  };
}

export function stateDiffView(
  [one, other]: readonly [number, number],
  { added, removed, changed, outputs }: StateDiff,
): z.input<typeof stateDiff> {
  return {
    from_serial: Math.min(one, other),
    to_serial: Math.max(one, other),
    added: [...added],
    removed: [...removed],
    changed: changed.map(({ address, attributes }) => ({ address, attributes: [...attributes] })),
    outputs: [...outputs],
  };
}

export const restoreBody = z
  .strictObject({
    confirm: z.string().max(100).describe('the name of the environment'),
    reason: z.string().min(3).max(2000).describe('kept with the version, in the timeline and the audit log'),
  })
  .meta({ id: 'RestoreState' });

export const unlockBody = z
  .strictObject({
    confirm: restoreBody.shape.confirm,
    reason: z.string().min(3).max(2000).describe('kept in the timeline and the audit log'),
  })
  .meta({ id: 'UnlockState' });

const lockShape = z.strictObject({
  lock_id: z.string(),
  run_id: z.string(),
  epoch: z.int(),
  worker: z.string().nullable().describe('`host/pid-namespace/pid/start` of its process'),
  alive: z
    .boolean()
    .describe('this epoch may still write; else it can be unlocked, and the next run does so by itself'),
  locked_at: time,
});

export const stateLock = z
  .strictObject({ lock: lockShape.nullable().describe('null = it is free') })
  .meta({ id: 'StateLock' });

export function stateLockView(held: LockProof | null): z.input<typeof stateLock> {
  if (held === null) return { lock: null };
  const { lockId, runId, epoch, worker, alive, lockedAt } = held;
  return {
    lock: { lock_id: lockId, run_id: runId, epoch, worker, alive, locked_at: iso(lockedAt) },
  };
}

const decided = restoreBody.shape;

export const repairBody = z
  .discriminatedUnion('take', [
    z.strictObject({ take: z.literal('left_state').describe('the state that was left'), ...decided }),
    z.strictObject({ take: z.literal('stored_version'), serial: z.int().min(0), ...decided }),
    z.strictObject({ take: z.literal('current').describe('the newest stored one'), ...decided }),
  ])
  .meta({ id: 'RepairState' });

export function restoreCommand(
  { serial }: z.output<typeof stateVersionParams>,
  { confirm, reason }: z.output<typeof restoreBody>,
): RestoreState {
  return { serial, confirm, reason };
}
