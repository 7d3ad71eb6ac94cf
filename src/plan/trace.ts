/**
 * Finds out which changed field of a request moves which place of the stack: the stack is made once more for each field, with that
 * field alone changed. Where a field cannot stand alone (its blueprint refuses it), it is taken back alone from the new request.
 * Pure but for the generator that is handed in.
 */
import type { StackInput } from '../spec/stack-input.js';
import { changedFields, withField, type FieldChange } from './spec-diff.js';
import { differentPlaces, placeKey, type Place } from './stack-diff.js';

/** The stack of an input as Terraform's JSON; null when the blueprint refuses it. */
export type Generate = (input: StackInput) => Promise<string | null>;

export interface Trace {
  readonly fields: readonly FieldChange[];
  /** Places that move, each with the fields that move it. */
  readonly moved: readonly (Place & { readonly fields: readonly string[] })[];
  /** Places that differ although no field does: another engine or blueprint. */
  readonly engine: readonly Place[];
  /** The blueprints, when it is another one. */
  readonly blueprints: { readonly before: string; readonly after: string } | null;
}

/** What an environment was last made from. */
export interface Baseline {
  readonly input: StackInput;
  /** The stack as it was generated then. */
  readonly stack: string;
}

/** More fields than these are told apart by their first name alone, so that a plan costs no more than so many stacks. */
const mostFields = 40;

export async function trace(generate: Generate, baseline: Baseline, now: Baseline): Promise<Trace> {
  const [before, after] = [requestOf(baseline.input), requestOf(now.input)];
  const fields = grouped(changedFields(before, after), before, after);
  const make = (request: unknown): Promise<string | null> => generate(inputOf(now.input, request));
  const old = fields.length === 0 ? now.stack : await make(before);
  const { blueprint } = baseline.input;
  const blueprints =
    blueprint === now.input.blueprint ? null : { before: blueprint, after: now.input.blueprint };
  if (old === null)
    return { fields, moved: [], engine: differentPlaces(baseline.stack, now.stack), blueprints };
  const all = differentPlaces(old, now.stack);
  const found = new Map<string, Set<string>>();
  const note = (field: FieldChange, places: readonly Place[]): void => {
    for (const place of places) {
      const key = placeKey(place);
      found.set(key, (found.get(key) ?? new Set()).add(field.field));
    }
  };
  const [only, ...others] = fields;
  if (only !== undefined && others.length === 0) note(only, all);
  else
    for (const field of fields) {
      const alone = await make(withField(before, field.path, field.after));
      const rest = alone === null ? await make(withField(after, field.path, field.before)) : null;
      if (alone !== null) note(field, differentPlaces(old, alone));
      else if (rest !== null) note(field, differentPlaces(rest, now.stack));
    }
  const everyField = fields.map(({ field }) => field);
  return {
    fields,
    moved: all.map((place) => ({
      ...place,
      fields: [...(found.get(placeKey(place)) ?? within(found, place) ?? everyField)],
    })),
    engine: differentPlaces(baseline.stack, old),
    blueprints,
  };
}

/** Fields of a place that holds this one, or is held by it. */
function within(
  found: ReadonlyMap<string, ReadonlySet<string>>,
  place: Place,
): ReadonlySet<string> | undefined {
  const key = placeKey(place);
  const near = [...found].filter(
    ([other]) =>
      key.startsWith(other.endsWith(' ') ? other : `${other}.`) ||
      other.startsWith(key.endsWith(' ') ? key : `${key}.`),
  );
  return near.length === 0 ? undefined : new Set(near.flatMap(([, fields]) => [...fields]));
}

/** What a person can change: the spec, and beside it the labels and the tenant's name. The blueprint is part of the engine. */
function requestOf({ spec, ...input }: StackInput): Record<string, unknown> {
  return { ...spec, environment: { labels: input.labels, tenant_name: input.tenant_name } };
}

function inputOf(base: StackInput, request: unknown): StackInput {
  const { environment, ...spec } = request as Record<string, unknown>;
  return { ...base, ...(environment as Partial<StackInput>), spec };
}

function grouped(fields: readonly FieldChange[], before: Tree, after: Tree): readonly FieldChange[] {
  if (fields.length <= mostFields) return fields;
  const names = [...new Set(fields.map(({ path }) => String(path[0])))];
  return names.map((name) => ({ field: name, path: [name], before: before[name], after: after[name] }));
}

type Tree = Readonly<Record<string, unknown>>;
