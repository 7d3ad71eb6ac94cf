import type { Queryable } from '../db/db.js';
import { complete, nameIt } from './complete.js';
import { Refusal, type FaultPlayer } from './fault-player.js';
import type { FaultTarget, SandboxOperation } from './faults.js';
import { planChange } from './plan-change.js';
import {
  deleteObject,
  findObject,
  insertObject,
  isHeld,
  overwriteValue,
  updateObject,
} from './sandbox-store.js';
import type { SandboxRun } from './sandbox-run.js';
import { givenNamespaces } from './schema/kubernetes-kind.js';
import type { Identity } from './schema/overlay-type.js';
import { findTypeSchema, type TypeSchema } from './schema/type-schema.js';
import { conform } from './schema/walk.js';
import { sealSecrets, unsealSecrets } from './secrecy.js';
import { withValueAt, type ValueObject } from './values.js';

/** What one session's calls share. */
export interface Cloud {
  readonly db: Queryable;
  readonly run: SandboxRun;
  readonly faults: FaultPlayer;
}

/** What a fault has to know of a call. */
export function faultTarget(
  cloud: Cloud,
  schema: TypeSchema,
  call: { on: SandboxOperation; value: ValueObject },
): FaultTarget {
  return { on: call.on, type: schema.type, name: schema.overlay.identify?.(call.value, cloud.run)?.name };
}

/** The object as it really is now, `null` when it is gone. Types that live in the state alone are what the state says. */
export async function readObject(
  cloud: Cloud,
  schema: TypeSchema,
  state: ValueObject,
): Promise<ValueObject | null> {
  if (schema.overlay.identify === undefined) return state;
  const identity = schema.overlay.identify(state, cloud.run);
  if (identity === undefined) return null;
  const key = { type: schema.type, objectId: identity.objectId };
  let stored = await findObject(cloud.db, cloud.run, key);
  for (const fault of await cloud.faults.onRead(faultTarget(cloud, schema, { on: 'read', value: state }))) {
    if (stored === undefined) break;
    if (fault.kind === 'gone') {
      await deleteObject(cloud.db, cloud.run, key);
      return null;
    }
    const steps = typeof fault.path === 'string' ? fault.path.split('.') : fault.path;
    const drifted = withValueAt(stored, steps, fault.value) as ValueObject | undefined;
    if (drifted === undefined) continue;
    stored = conform(schema.block, drifted);
    await overwriteValue(cloud.db, cloud.run, { ...key, value: stored });
  }
  return stored === undefined ? null : unsealSecrets(schema, stored, state);
}

/** Makes the object and returns its whole value. Throws `Refusal` where the real cloud would refuse. */
export async function createObject(
  cloud: Cloud,
  schema: TypeSchema,
  planned: ValueObject,
): Promise<ValueObject> {
  const { overlay } = schema;
  const named = nameIt(schema, planned);
  refuseFaulty(schema, named);
  const value = complete(schema, cloud.run, { planned: named, prior: null });
  const identity = overlay.identify?.(value, cloud.run);
  if (overlay.identify === undefined) return value;
  if (identity === undefined) throw new Refusal(`${schema.type}: a name is required`);
  await requireParent(cloud, schema, { identity, value });
  const object = { type: schema.type, identity, value: sealSecrets(schema, value) };
  if (await insertObject(cloud.db, cloud.run, object)) return value;
  const adopts = overlay.adoptsExisting?.(value) ?? false;
  if (!adopts || (await updateObject(cloud.db, cloud.run, object, identity.objectId)) !== 'updated')
    throw new Refusal(overlay.alreadyExists?.(value, identity) ?? `${identity.name} already exists`);
  return value;
}

/** Changes the object in place and returns its whole value. Throws `Refusal` where the real cloud would refuse. */
export async function changeObject(
  cloud: Cloud,
  schema: TypeSchema,
  change: { planned: ValueObject; prior: ValueObject },
): Promise<ValueObject> {
  const { overlay, type } = schema;
  refuseFaulty(schema, change.planned);
  const value = complete(schema, cloud.run, change);
  const former = overlay.identify?.(change.prior, cloud.run);
  const identity = overlay.identify?.(value, cloud.run);
  if (former === undefined || identity === undefined) return value;
  const object = { type, identity, value: sealSecrets(schema, value) };
  const result = await updateObject(cloud.db, cloud.run, object, former.objectId);
  if (result === 'clash')
    throw new Refusal(overlay.alreadyExists?.(value, identity) ?? `${identity.name} already exists`);
  if (result === 'missing') throw new Refusal(`updating ${type}: "${former.objectId}" not found`);
  return value;
}

/** Removes the object with all that lives in it; that it is gone already is no error. */
export async function removeObject(cloud: Cloud, schema: TypeSchema, prior: ValueObject): Promise<void> {
  const refused = schema.overlay.refuseDelete?.(prior);
  if (refused !== undefined) throw new Refusal(refused);
  const identity = schema.overlay.identify?.(prior, cloud.run);
  if (identity === undefined) return;
  const key = { type: schema.type, objectId: identity.objectId };
  const { heldBy } = schema.overlay;
  if (heldBy && !heldBy.unless?.(prior) && (await isHeld(cloud.db, cloud.run, { ...key, by: heldBy.types })))
    throw new Refusal(heldBy.refusal(identity));
  await deleteObject(cloud.db, cloud.run, key);
}

/** The value of an existing object by import id, secrets null; `undefined` when there is none. */
export async function importObject(
  cloud: Cloud,
  schema: TypeSchema,
  importId: string,
): Promise<ValueObject | undefined> {
  const { overlay, type, block } = schema;
  if (overlay.identify === undefined) {
    const state = overlay.importState?.(importId);
    return state && conform(block, state);
  }
  const stored = await findObject(cloud.db, cloud.run, { type, objectId: importId });
  return stored && unsealSecrets(schema, stored, null);
}

function refuseFaulty(schema: TypeSchema, value: ValueObject): void {
  const faults = schema.overlay.faultsOf?.(value) ?? [];
  if (faults.length > 0) throw new Refusal(faults.join('; '));
}

async function requireParent(
  cloud: Cloud,
  schema: TypeSchema,
  child: { identity: Identity; value: ValueObject },
): Promise<void> {
  const { parent } = child.identity;
  if (parent === undefined || parent.mayBeElsewhere) return;
  if (parent.type === 'kubernetes_namespace_v1' && givenNamespaces.includes(parent.objectId)) return;
  if ((await findObject(cloud.db, cloud.run, parent)) !== undefined) return;
  const parentSchema = findTypeSchema(parent.type);
  if (schema.overlay.makesParent?.(child.value) && parentSchema !== undefined) {
    const asked = conform(parentSchema.block, { metadata: [{ name: parent.objectId }] });
    const { planned } = planChange(parentSchema, { proposed: asked, prior: null, config: asked });
    await createObject(cloud, parentSchema, planned);
    return;
  }
  throw new Refusal(schema.overlay.parentMissing?.(child.identity) ?? `"${parent.objectId}" not found`);
}
