import { isObject, UNKNOWN, type Steps, type ValueObject } from '../values.js';
import type { AttributeSpec, BlockSpec } from './catalog.js';

/** Where an attribute is met. */
export interface Place {
  /** Dotted names without indices: `spec.port.node_port`. */
  readonly path: string;
  readonly spec: AttributeSpec;
  /** The object that holds the attribute. */
  readonly siblings: ValueObject;
  /** The way to the attribute, with indices; made when asked for. */
  steps(): Steps;
}

export type Visit = (value: unknown, place: Place) => unknown;

interface At {
  /** Empty at the root, else ending in a dot. */
  readonly prefix: string;
  readonly steps: Steps;
}

/**
 * A copy of the value with the exact members of its schema, each plain attribute as `visit` returns it. Missing
 * attributes are null, missing block lists empty. Nested attributes that are null or unknown are visited as a whole.
 */
export function mapAttributes(block: BlockSpec, value: ValueObject, visit: Visit): ValueObject {
  return mapObject(block, value, { prefix: '', steps: [] }, visit);
}

/** The value with every member of its schema present. */
export function conform(block: BlockSpec, value: ValueObject): ValueObject {
  return mapObject(block, value, { prefix: '', steps: [] }, undefined);
}

function mapObject(block: BlockSpec, value: ValueObject, at: At, visit: Visit | undefined): ValueObject {
  const result: Record<string, unknown> = {};
  for (const name in block.attributes) {
    const spec = block.attributes[name] as AttributeSpec;
    const held = value[name] ?? null;
    if (spec.nested !== undefined && held !== null && held !== UNKNOWN)
      result[name] = mapMany(
        { attributes: spec.nested.attributes, blocks: {} },
        held,
        below(at, name),
        visit,
      );
    else if (visit === undefined) result[name] = held;
    else
      result[name] = visit(held, {
        path: at.prefix + name,
        spec,
        siblings: value,
        steps: () => [...at.steps, name],
      });
  }
  for (const name in block.blocks) {
    const inner = block.blocks[name];
    if (inner === undefined) continue;
    const held = value[name] ?? (inner.nesting === 'single' ? null : []);
    result[name] = mapMany(inner.block, held, below(at, name), visit);
  }
  return result;
}

const below = (at: At, name: string): At => ({ prefix: `${at.prefix}${name}.`, steps: [...at.steps, name] });

function mapMany(block: BlockSpec, value: unknown, at: At, visit: Visit | undefined): unknown {
  if (Array.isArray(value)) {
    if (value.length === 0) return value;
    return value.map((item: unknown, i) => mapMany(block, item, { ...at, steps: [...at.steps, i] }, visit));
  }
  return isObject(value) ? mapObject(block, value, at, visit) : value;
}
