/** The types of a JSON Schema as CEL names them, so that a policy that names an unknown field is refused when it is written. Pure. */
import { z } from 'zod';
import { isRecord } from '../cost/price-rule.js';
import type { CelTypes } from './thread-messages.js';

export function celTypes(schema: z.ZodType): CelTypes {
  const found = typeOf(z.toJSONSchema(schema, { io: 'output' }));
  return typeof found === 'string' ? {} : found;
}

function typeOf(schema: unknown): string | CelTypes {
  if (!isRecord(schema)) return 'dyn';
  const { type, properties, items, additionalProperties: rest } = schema;
  if (isRecord(properties))
    return Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, typeOf(one)]));
  if (type === 'object') return `map<string, ${nameOf(typeOf(rest))}>`;
  if (type === 'array') return `list<${nameOf(typeOf(items))}>`;
  // Numbers of JSON are doubles in CEL, whole ones too; CEL compares them with ints.
  const names: Readonly<Record<string, string>> = {
    string: 'string',
    boolean: 'bool',
    number: 'double',
    integer: 'double',
  };
  return typeof type === 'string' ? (names[type] ?? 'dyn') : 'dyn';
}

/** Elements that are objects are known by their keys only when they are there. */
function nameOf(type: string | CelTypes): string {
  return typeof type === 'string' ? type : 'map<string, dyn>';
}
