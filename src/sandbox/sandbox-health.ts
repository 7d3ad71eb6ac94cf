/** What the sandbox has of the resources of a state, and whether a fault keeps them from being ready. */
import type { Queryable } from '../db/db.js';
import { strikes } from './faults.js';
import type { SandboxRun } from './sandbox-run.js';
import { listFaults, listSandboxObjects, takeFault } from './sandbox-store.js';
import { findTypeSchema } from './schema/type-schema.js';
import type { ValueObject } from './values.js';

export interface SandboxReading {
  readonly resource: Resource;
  /** As it really is, sensitive members as fingerprints; null when it is gone. Of types that live in the state alone, the state. */
  readonly actual: Readonly<Record<string, unknown>> | null;
  readonly unready: { readonly as: 'degraded' | 'unhealthy'; readonly message: string } | null;
}

interface Resource {
  readonly address: string;
  readonly type: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** Reads them all. A fault `unready` with `times` is used up by one for each object that it strikes. */
export async function readSandboxHealth(
  db: Queryable,
  run: SandboxRun,
  { resources, now }: { readonly resources: readonly Resource[]; readonly now: Date },
): Promise<SandboxReading[]> {
  const objects = await listSandboxObjects(db, run.environmentId);
  const faults = (await listFaults(db, run.environmentId)).filter(({ fault }) => fault.kind === 'unready');
  const readings: SandboxReading[] = [];
  for (const resource of resources) {
    const { type } = resource;
    const identity = findTypeSchema(type)?.overlay.identify?.(resource.values as ValueObject, run);
    const object = objects.find((one) => one.type === type && one.objectId === identity?.objectId);
    let unready: SandboxReading['unready'] = null;
    for (const { fault, faultId } of faults) {
      if (unready !== null || fault.kind !== 'unready' || object === undefined) break;
      if (!strikes(fault, { on: 'health', type, name: identity?.name })) continue;
      const ageMs = now.getTime() - object.updatedAt.getTime();
      if (fault.for_ms !== undefined && ageMs >= fault.for_ms) continue;
      if (await takeFault(db, faultId)) unready = { as: fault.as, message: fault.message };
    }
    const actual = identity === undefined ? resource.values : (object?.value ?? null);
    readings.push({ resource, actual, unready });
  }
  return readings;
}
