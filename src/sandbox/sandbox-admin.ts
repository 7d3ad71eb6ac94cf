import type { Queryable } from '../db/db.js';
import { appError } from '../errors/app-error.js';
import { zodFaults } from '../errors/zod-faults.js';
import { faultsSchema } from './faults.js';
import { getFaults, listSandboxObjects, setFaults } from './sandbox-store.js';

/** What an admin may see and break while the sandbox is on. Objects come without their values, which hold secrets. */
export interface SandboxAdmin {
  /** Throws `invalid_request` that names every wrong fault. */
  setFaults(environmentId: string, faults: unknown): Promise<void>;
  faults(environmentId: string): Promise<unknown>;
  objects(environmentId: string): Promise<readonly unknown[]>;
}

export function sandboxAdmin(db: Queryable): SandboxAdmin {
  return {
    setFaults: async (environmentId, faults) => {
      const parsed = faultsSchema.safeParse(faults);
      if (!parsed.success)
        throw appError('invalid_request', 'the faults are not valid', { errors: zodFaults(parsed.error) });
      await setFaults(db, environmentId, parsed.data);
    },
    faults: (environmentId) => getFaults(db, environmentId),
    objects: async (environmentId) =>
      (await listSandboxObjects(db, environmentId)).map((object) => ({
        type: object.type,
        object_id: object.objectId,
        run_id: object.runId,
        account_id: object.accountId,
        region: object.region,
        created_at: object.createdAt,
        updated_at: object.updatedAt,
      })),
  };
}
