import type { BlockSpec } from './schema/catalog.js';
import type { TypeSchema } from './schema/type-schema.js';
import { isObject, sameValue, UNKNOWN, type Steps, type ValueObject } from './values.js';

export interface PlannedChange {
  readonly planned: ValueObject;
  /** Places whose change needs a new object; empty when the change can be made in place. */
  readonly requiresReplace: readonly Steps[];
}

export interface ChangeRequest {
  readonly proposed: ValueObject;
  /** null = the object is to be created. */
  readonly prior: ValueObject | null;
  readonly config: ValueObject;
}

/**
 * The planned state: defaults filled in, and computed attributes that are not known yet made unknown, also inside
 * blocks. Terraform proposes null for them where no object was before, and the former value elsewhere
 * (docs/resource-instance-change-lifecycle.md of Terraform); keeping the former values makes the second plan empty.
 */
export function planChange(schema: TypeSchema, request: ChangeRequest): PlannedChange {
  const { proposed, prior, config } = request;
  const planned = planObject(schema, schema.block, { proposed, prior, config, path: '' });
  if (prior === null) return { planned, requiresReplace: [] };
  const changedAt = (path: string): Steps[] => changedPlaces(planned, prior, path.split('.'));
  const causes = [
    ...(schema.overlay.forceNew ?? []),
    ...(schema.overlay.alsoForceNew?.(planned, prior) ?? []),
  ];
  const requiresReplace = causes.flatMap(changedAt).map((steps) => wholeDynamic(schema, steps));
  const again = sameValue(planned, prior) ? [] : (schema.overlay.unknownOnUpdate ?? []);
  const dependent = Object.entries(schema.overlay.unknownWhen ?? {}).flatMap(([name, paths]) =>
    (config[name] ?? null) === null && paths.some((path) => changedAt(path).length > 0) ? [name] : [],
  );
  const unknown = Object.fromEntries([...again, ...dependent].map((name) => [name, UNKNOWN]));
  return { planned: { ...planned, ...unknown }, requiresReplace };
}

/** Of a dynamic value Terraform is told the whole. */
function wholeDynamic({ block }: TypeSchema, steps: Steps): Steps {
  return block.attributes[String(steps[0])]?.type === 'dynamic' ? steps.slice(0, 1) : steps;
}

interface Parts {
  readonly proposed: ValueObject;
  readonly prior: unknown;
  /** `undefined` where the matching part of the configuration is not to be found. */
  readonly config: unknown;
  readonly path: string;
}

function planObject(schema: TypeSchema, block: BlockSpec, parts: Parts): ValueObject {
  const { proposed, config } = parts;
  const prior = isObject(parts.prior) ? parts.prior : null;
  const result: Record<string, unknown> = {};
  for (const [name, spec] of Object.entries(block.attributes)) {
    const path = `${parts.path}${name}`;
    const held = proposed[name] ?? null;
    const asked = isObject(config) ? (config[name] ?? null) : held;
    const inner = { proposed: held, prior: prior?.[name], config: asked, path: `${path}.` };
    if (schema.writeOnly.has(path)) result[name] = null;
    else if (spec.nested && held !== null && held !== UNKNOWN)
      result[name] = planMany(schema, { attributes: spec.nested.attributes, blocks: {} }, inner);
    else if (asked === null && path in (schema.overlay.defaults ?? {}))
      result[name] = schema.overlay.defaults?.[path];
    else if (held === null && prior === null && spec.mode.endsWith('computed')) result[name] = UNKNOWN;
    else result[name] = held;
  }
  for (const [name, { nesting, block: innerBlock }] of Object.entries(block.blocks)) {
    const held = proposed[name] ?? (nesting === 'single' ? null : []);
    const asked = isObject(config) && nesting !== 'set' ? config[name] : undefined;
    const inner = { proposed: held, prior: prior?.[name], config: asked, path: `${parts.path}${name}.` };
    result[name] =
      nesting === 'set' ? planSet(schema, innerBlock, inner) : planMany(schema, innerBlock, inner);
  }
  return result;
}

type ManyParts = Omit<Parts, 'proposed'> & { readonly proposed: unknown };

function planMany(schema: TypeSchema, block: BlockSpec, parts: ManyParts): unknown {
  const { proposed, prior, config, path } = parts;
  if (isObject(proposed)) return planObject(schema, block, { proposed, prior, config, path });
  if (!Array.isArray(proposed)) return proposed;
  const before: unknown[] = Array.isArray(prior) ? prior : [];
  const asked: unknown[] = Array.isArray(config) ? config : [];
  return proposed.map((item: unknown, i) =>
    isObject(item)
      ? planObject(schema, block, { proposed: item, prior: before[i], config: asked[i], path })
      : item,
  );
}

/** Elements of a set have no place: one that was there before stays as it is, any other is new. */
function planSet(schema: TypeSchema, block: BlockSpec, parts: ManyParts): unknown {
  const { proposed, path } = parts;
  if (!Array.isArray(proposed)) return proposed;
  const before: unknown[] = Array.isArray(parts.prior) ? parts.prior : [];
  return proposed.map((item: unknown) => {
    if (!isObject(item) || before.some((old) => sameValue(old, item))) return item;
    return planObject(schema, block, { proposed: item, prior: null, config: undefined, path });
  });
}

/** Where planned and prior differ at a dotted path, lists entered element by element. */
function changedPlaces(planned: unknown, prior: unknown, names: readonly string[], at: Steps = []): Steps[] {
  const [name, ...rest] = names;
  if (name === undefined) return sameValue(planned ?? null, prior ?? null) ? [] : [at];
  if (Array.isArray(planned)) {
    const before: unknown[] = Array.isArray(prior) ? prior : [];
    return planned.flatMap((item: unknown, i) => changedPlaces(item, before[i], names, [...at, i]));
  }
  if (planned === UNKNOWN) return [at];
  if (!isObject(planned) || !isObject(prior)) return [];
  return changedPlaces(planned[name], prior[name], rest, [...at, name]);
}
