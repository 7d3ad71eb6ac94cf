import type { TypeSchema } from './schema/type-schema.js';
import type { BlockSpec } from './schema/catalog.js';
import { mapAttributes } from './schema/walk.js';
import { isObject, type ValueObject } from './values.js';

/**
 * A value of type `dynamic` (the manifest of a `kubernetes_manifest`) brings its type along. On the wire it is the pair
 * [type in JSON, value]; here, in the store and in Terraform's state it is `{ type, value }`.
 */
export interface DynamicValue {
  readonly type: unknown;
  readonly value: unknown;
}

/** The value with each dynamic member as `{ type, value }`. */
export function withDynamicValues(schema: TypeSchema, value: ValueObject): ValueObject {
  if (!hasDynamic(schema.block)) return value;
  return mapAttributes(schema.block, value, (held, { spec }) => {
    if (spec.type !== 'dynamic' || !Array.isArray(held)) return held;
    const [type, inner] = held as unknown[];
    if (!(type instanceof Uint8Array)) return held;
    return { type: JSON.parse(Buffer.from(type).toString('utf8')) as unknown, value: inner };
  });
}

/** The value with each dynamic member as the pair that the wire wants. */
export function withWirePairs(schema: TypeSchema, value: ValueObject): ValueObject {
  if (!hasDynamic(schema.block)) return value;
  return mapAttributes(schema.block, value, (held, { spec }) =>
    spec.type === 'dynamic' && isObject(held) && 'type' in held
      ? [Buffer.from(JSON.stringify(held['type'])), held['value'] ?? null]
      : held,
  );
}

/** Only members at the root are dynamic in any schema in use. */
export function hasDynamic(block: BlockSpec): boolean {
  return Object.values(block.attributes).some((spec) => spec.type === 'dynamic');
}
