import type { Queryable } from '../db/db.js';
import { appError } from '../errors/app-error.js';
import { zodFaults } from '../errors/zod-faults.js';
import { faultsSchema, type Fault } from './faults.js';
import { getFaults, listSandboxObjects, setFaults, type SandboxObject } from './sandbox-store.js';

/** What an admin may see and break in the sandbox. */
export interface SandboxAdmin {
  /** Replaces the faults of an environment. Throws `invalid_request` that names every fault of the list. */
  setFaults(environmentId: string, faults: unknown): Promise<void>;
  faults(environmentId: string): Promise<Fault[]>;
  objects(environmentId: string): Promise<SandboxObject[]>;
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
  };
}
