import { appError, type FieldFault } from '../errors/app-error.js';
import { zodFaults } from '../errors/zod-faults.js';
import { requestedTotals, type AppSpecV1 } from '../spec/app-v1.js';
import { blueprints, findBlueprint, type SecretVariable } from '../spec/blueprints.js';

/** The most that one environment may ask for. */
export interface Caps {
  readonly cpuCores: number;
  readonly memoryGb: number;
  readonly storageGb: number;
}

export interface CheckedSpec {
  /** The blueprint with its version, `app@1`. */
  readonly blueprint: string;
  readonly spec: unknown;
  readonly secrets: readonly SecretVariable[];
}

/** Checks a spec against its blueprint's schema and the caps; every fault is named at once. */
export function parseSpec(ref: string, given: unknown, caps: Caps): CheckedSpec {
  const blueprint = findBlueprint(ref);
  if (blueprint === undefined) {
    const known = blueprints.map((one) => one.ref).join(', ');
    throw appError('unknown_blueprint', `no blueprint ${ref}; known: ${known}`, {
      errors: [{ path: 'blueprint', message: `must be one of: ${known}` }],
    });
  }
  const parsed = blueprint.schema.safeParse(given);
  if (!parsed.success)
    throw invalidSpec(
      zodFaults(parsed.error).map((f) => ({ ...f, path: `spec.${f.path}`.replace(/\.$/, '') })),
    );
  const spec = parsed.data as AppSpecV1;
  const faults = overCaps(requestedTotals(spec), caps);
  if (faults.length > 0) throw invalidSpec(faults);
  return { blueprint: blueprint.ref, spec, secrets: blueprint.secrets(spec) };
}

function invalidSpec(errors: FieldFault[]) {
  const text = errors.map((fault) => `${fault.path}: ${fault.message}`).join('; ');
  return appError('invalid_request', `the spec is not valid: ${text}`, { errors });
}

function overCaps(asked: Caps, caps: Caps): FieldFault[] {
  const rows = [
    {
      path: 'spec.quota.cpu',
      asked: asked.cpuCores,
      cap: caps.cpuCores,
      unit: 'cores',
      setting: 'MAX_CPU_CORES',
    },
    {
      path: 'spec.quota.memory',
      asked: asked.memoryGb,
      cap: caps.memoryGb,
      unit: 'GB',
      setting: 'MAX_MEMORY_GB',
    },
    {
      path: 'spec.quota.storage',
      asked: asked.storageGb,
      cap: caps.storageGb,
      unit: 'GB',
      setting: 'MAX_STORAGE_GB',
    },
  ];
  return rows
    .filter((row) => row.asked > row.cap)
    .map((row) => ({
      path: row.path,
      message: `asks for ${row.asked} ${row.unit}; the most is ${row.cap} (${row.setting})`,
    }));
}
