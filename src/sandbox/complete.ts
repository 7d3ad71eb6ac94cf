import type { SandboxRun } from './sandbox-run.js';
import type { Computed } from './schema/overlay-type.js';
import type { TypeSchema } from './schema/type-schema.js';
import { mapAttributes } from './schema/walk.js';
import { UNKNOWN, type ValueObject } from './values.js';

/** The planned value with the names that the cloud chooses where none was given. */
export function nameIt(schema: TypeSchema, planned: ValueObject): ValueObject {
  const names = schema.overlay.names?.(planned);
  if (names === undefined) return planned;
  return mapAttributes(schema.block, planned, (held, { path }) =>
    held === UNKNOWN && path in names ? names[path] : held,
  );
}

/**
 * The wholly known value after the change: what was unknown gets the computed value of its overlay, or null;
 * write-only values are left out; at an update the values that the cloud renews are made anew.
 */
export function complete(
  schema: TypeSchema,
  run: SandboxRun,
  change: { planned: ValueObject; prior: ValueObject | null },
) {
  const { planned, prior } = change;
  const computed = schema.overlay.compute?.({ run, value: planned, prior }) ?? {};
  const renewed = new Set(prior === null ? [] : schema.overlay.renewed);
  return mapAttributes(schema.block, planned, (held, { path, siblings }) => {
    if (schema.writeOnly.has(path)) return null;
    if (held !== UNKNOWN && !renewed.has(path)) return held;
    const value: Computed = computed[path];
    const made: unknown =
      typeof value === 'function' ? (value as (of: ValueObject) => unknown)(siblings) : value;
    return made ?? null;
  });
}
