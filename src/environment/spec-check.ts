import { appError, type FieldFault } from '../errors/app-error.js';
import { zodFaults } from '../errors/zod-faults.js';
import type {
  Blueprint,
  BlueprintCatalog,
  Place,
  RequestedTotals,
  SecretVariable,
} from '../spec/blueprint.js';

/** The most that one environment may ask for. */
export type Caps = RequestedTotals;

export interface SpecRequest {
  /** `name@version`, or `name` for the newest. */
  readonly ref: string;
  readonly spec: unknown;
  readonly place: Place;
}

export interface CheckedSpec {
  /** The blueprint with its version, `app@1`. */
  readonly blueprint: string;
  readonly spec: unknown;
  readonly secrets: readonly SecretVariable[];
  /** What the spec asks for in all. */
  readonly totals: RequestedTotals;
}

/** Checks a spec against its blueprint's schema, its place and the caps; every fault is named at once. */
export function parseSpec(
  catalog: BlueprintCatalog,
  { ref, spec: given, place }: SpecRequest,
  caps: Caps,
): CheckedSpec {
  const blueprint = catalog.find(ref);
  if (blueprint === undefined) {
    const known = catalog.all.map((one) => one.ref).join(', ');
    throw appError('unknown_blueprint', `no blueprint ${ref}; known: ${known}`, {
      errors: [{ path: 'blueprint', message: `must be one of: ${known}` }],
    });
  }
  const parsed = blueprint.schema.safeParse(given);
  if (!parsed.success) throw invalidSpec(zodFaults(parsed.error));
  const spec = parsed.data;
  const totals = blueprint.totals(spec);
  const faults = [...(blueprint.checkPlace?.(spec, place) ?? []), ...overCaps(blueprint, totals, caps)];
  if (faults.length > 0) throw invalidSpec(faults);
  return { blueprint: blueprint.ref, spec, secrets: blueprint.secrets(spec), totals };
}

function invalidSpec(inSpec: readonly FieldFault[]) {
  const errors = inSpec.map((fault) => ({ ...fault, path: `spec.${fault.path}`.replace(/\.$/, '') }));
  const text = errors.map((fault) => `${fault.path}: ${fault.message}`).join('; ');
  return appError('invalid_request', `the spec is not valid: ${text}`, { errors });
}

const capRows = [
  { total: 'cpuCores', unit: 'cores', setting: 'MAX_CPU_CORES' },
  { total: 'memoryGb', unit: 'GB', setting: 'MAX_MEMORY_GB' },
  { total: 'storageGb', unit: 'GB', setting: 'MAX_STORAGE_GB' },
] as const;

function overCaps(blueprint: Blueprint, asked: RequestedTotals, caps: Caps): FieldFault[] {
  return capRows
    .filter(({ total }) => asked[total] > caps[total])
    .map(({ total, unit, setting }) => ({
      path: blueprint.totalsFields[total],
      message: `asks for ${asked[total]} ${unit}; the most is ${caps[total]} (${setting})`,
    }));
}
