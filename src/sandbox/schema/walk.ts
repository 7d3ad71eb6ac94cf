import { isObject, UNKNOWN, type Steps, type ValueObject } from '../values.js';
import type { AttributeSpec, BlockSpec } from './catalog.js';

export interface Place {
  /** Dotted names without indices: `spec.port.node_port`. */
  readonly path: string;
  readonly steps: Steps;
  readonly spec: AttributeSpec;
  /** The object that holds the attribute. */
  readonly siblings: ValueObject;
}

export type Visit = (value: unknown, place: Place) => unknown;

/**
 * A copy of the value with the exact members of its schema, each plain attribute as `visit` returns it. Missing
 * attributes are null, missing block lists empty. Nested attributes that are null or unknown are visited as a whole.
 */
export function mapAttributes(block: BlockSpec, value: ValueObject, visit: Visit): ValueObject {
  return mapObject(block, value, { path: '', steps: [] }, visit);
}

interface At {
  readonly path: string;
  readonly steps: Steps;
}

const below = (at: At, name: string): At => ({
  path: at.path === '' ? name : `${at.path}.${name}`,
  steps: [...at.steps, name],
});

function mapObject(block: BlockSpec, value: ValueObject, at: At, visit: Visit): ValueObject {
  const result: Record<string, unknown> = {};
  for (const [name, spec] of Object.entries(block.attributes)) {
    const inner = below(at, name);
    const held = value[name] ?? null;
    const nested = spec.nested && { attributes: spec.nested.attributes, blocks: {} };
    result[name] =
      nested !== undefined && held !== null && held !== UNKNOWN
        ? mapMany(nested, held, inner, visit)
        : visit(held, { ...inner, spec, siblings: value });
  }
  for (const [name, { nesting, block: innerBlock }] of Object.entries(block.blocks)) {
    const held = value[name] ?? (nesting === 'single' ? null : []);
    result[name] = mapMany(innerBlock, held, below(at, name), visit);
  }
  return result;
}

function mapMany(block: BlockSpec, value: unknown, at: At, visit: Visit): unknown {
  if (Array.isArray(value))
    return value.map((item: unknown, index) =>
      mapMany(block, item, { ...at, steps: [...at.steps, index] }, visit),
    );
  return isObject(value) ? mapObject(block, value, at, visit) : value;
}

/** The value with every member of its schema present. */
export function conform(block: BlockSpec, value: ValueObject): ValueObject {
  return mapAttributes(block, value, (held) => held);
}
