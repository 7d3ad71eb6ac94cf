import { sha256 } from '../lib/hash.js';
import type { TypeSchema } from './schema/type-schema.js';
import { conform, mapAttributes } from './schema/walk.js';
import { isObject, sameValue, valueAt, type ValueObject } from './values.js';

/**
 * The sandbox keeps no secret in clear: of sensitive attributes it stores fingerprints only. That is enough to tell
 * whether the secret in Terraform's state is still the one that "the cloud" has.
 */
const mark = 'sha256:';

/** The value as it is stored: sensitive strings replaced by fingerprints, write-only ones left out. */
export function sealSecrets(schema: TypeSchema, value: ValueObject): ValueObject {
  if (schema.sensitive.size + schema.writeOnly.size === 0) return value;
  return mapAttributes(schema.block, value, (held, { path }) => {
    if (schema.writeOnly.has(path)) return null;
    return schema.sensitive.has(path)
      ? mapStrings(held, (text) => mark + sha256(`${schema.type}\0${path}\0${text}`))
      : held;
  });
}

/** The stored value in the members of its schema, as Terraform knows it: secrets that did not change are taken from its state, others show as changed. */
export function unsealSecrets(
  schema: TypeSchema,
  stored: ValueObject,
  state: ValueObject | null,
): ValueObject {
  if (schema.sensitive.size === 0) return conform(schema.block, stored);
  const sealed = state === null ? null : sealSecrets(schema, state);
  return mapAttributes(schema.block, stored, (held, { path, steps }) => {
    if (!schema.sensitive.has(path)) return held;
    if (state === null || sealed === null) return null;
    return reveal(held, valueAt(sealed, steps()), valueAt(state, steps()));
  });
}

function reveal(held: unknown, sealed: unknown, known: unknown): unknown {
  if (Array.isArray(held)) return sameValue(held, sealed) ? known : held;
  if (!isObject(held)) return held === sealed ? (known ?? null) : held;
  const [seals, clear] = [isObject(sealed) ? sealed : {}, isObject(known) ? known : {}];
  return Object.fromEntries(
    Object.entries(held).map(([key, item]) => [key, reveal(item, seals[key], clear[key])]),
  );
}

function mapStrings(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((item: unknown) => mapStrings(item, change));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapStrings(item, change)]));
}
