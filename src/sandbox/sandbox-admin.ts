import type { Queryable } from '../db/db.js';
import { appError } from '../errors/app-error.js';
import { mergePatch } from '../lib/merge-patch.js';
import { zodFaults } from '../errors/zod-faults.js';
import { faultsSchema, type Fault } from './faults.js';
import {
  deleteObject,
  getFaults,
  listSandboxObjects,
  overwriteValue,
  setFaults,
  type SandboxObject,
} from './sandbox-store.js';

/** What an admin may see and break in the sandbox. */
export interface SandboxAdmin {
  /** Replaces the faults of an environment. Throws `invalid_request` that names every fault of the list. */
  setFaults(environmentId: string, faults: unknown): Promise<void>;
  faults(environmentId: string): Promise<Fault[]>;
  objects(environmentId: string): Promise<SandboxObject[]>;
  /**
   * Changes attributes of an object by a merge patch, or removes it (null), as somebody at the console would: drift.
   * Throws `not_found` and `invalid_request`.
   */
  changeObject(environmentId: string, change: ObjectChange): Promise<void>;
}

export interface ObjectChange {
  readonly type: string;
  readonly objectId: string;
  readonly value: Readonly<Record<string, unknown>> | null;
}

export function sandboxAdmin(db: Queryable): SandboxAdmin {
  return {
    setFaults: async (environmentId, faults) => {
      const parsed = faultsSchema.safeParse(faults);
      if (!parsed.success) {
        const errors = zodFaults(parsed.error).map((fault) => ({
          ...fault,
          path: ['faults', fault.path].filter(Boolean).join('.'),
        }));
        throw appError('invalid_request', 'the list of faults is wrong', { errors });
      }
      await setFaults(db, environmentId, parsed.data);
    },
    faults: (environmentId) => getFaults(db, environmentId),
    objects: (environmentId) => listSandboxObjects(db, environmentId),
    changeObject: (environmentId, change) => changeObject(db, environmentId, change),
  };
}

async function changeObject(
  db: Queryable,
  environmentId: string,
  { type, objectId, value }: ObjectChange,
): Promise<void> {
  const objects = await listSandboxObjects(db, environmentId);
  const object = objects.find((one) => one.type === type && one.objectId === objectId);
  if (object === undefined)
    throw appError('not_found', `environment ${environmentId} has no ${type} ${objectId} in the sandbox`);
  if (value === null) return deleteObject(db, object, object);
  const unknown = Object.keys(value).filter((name) => !(name in object.value));
  if (unknown.length > 0) {
    const errors = unknown.map((name) => ({ path: `value.${name}`, message: `is no attribute of ${type}` }));
    throw appError('invalid_request', `${type} has no attribute ${unknown.join(', ')}`, { errors });
  }
  const changed = mergePatch(object.value, value) as SandboxObject['value'];
  await overwriteValue(db, object, { type, objectId, value: changed });
}
