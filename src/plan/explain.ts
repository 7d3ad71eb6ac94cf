/** Says of each changed attribute of a plan why it changes. Pure. */
import type { FieldSource } from '../spec/blueprint.js';
import type { Cause } from './cause.js';
import type { AttributeChange, PlanChange } from './plan-changes.js';
import type { PlanJson } from './plan-json.js';
import { referencesOf } from './references.js';
import { differentPaths, fit, type Place } from './stack-diff.js';
import type { Trace } from './trace.js';

/** What is known about why a plan was asked for. */
export type Evidence =
  /** Nothing was there before. */
  | { readonly kind: 'create'; readonly sources: readonly FieldSource[] }
  | { readonly kind: 'destroy' }
  /** The nearest baseline first: what the last apply began from, then the last that succeeded. */
  | { readonly kind: 'change'; readonly traces: readonly Trace[] };

/** The changes with the cause of each attribute. `mask` takes secrets out of the values of fields. */
export function explainChanges(
  plan: PlanJson,
  changes: readonly PlanChange[],
  { evidence, mask }: { readonly evidence: Evidence; readonly mask: (value: unknown) => unknown },
): PlanChange[] {
  if (evidence.kind === 'destroy')
    return changes.map((change) => withCause(change, () => ({ kind: 'destroy' })));
  if (evidence.kind === 'create') {
    const sources = evidence.sources.map(({ address, fields }) => ({ pattern: patternOf(address), fields }));
    return changes.map((change) => {
      const fields = fieldsOf(sources, change.address);
      return withCause(change, () => ({ kind: 'create', fields }));
    });
  }
  const { traces } = evidence;
  const books = traces.map((trace) => bookOf(trace, mask));
  const references = referencesOf(plan);
  const changing = new Set(changes.filter(({ action }) => action !== 'no_op').map(({ address }) => address));
  const drifted = driftOf(plan);
  return changes.map((change) => {
    const owner = plainAddress(change.address);
    const asked = (path: string): Cause | undefined => firstOf(books, (book) => fromBook(book, owner, path));
    const whole = wholeCause(change, { asked, drifted });
    return withCause(change, ({ path, unknown }) => {
      const direct =
        asked(path) ?? (hasDrift(drifted, change.address, path) ? { kind: 'drift' as const } : undefined);
      if (direct !== undefined && !(unknown && direct.kind === 'engine')) return direct;
      const from = references(owner, path).filter(
        (one) => one !== owner && (one.startsWith('var.') || changing.has(one)),
      );
      if (from.length > 0) return { kind: 'derived', from };
      return direct ?? whole ?? ofProvider(books, owner) ?? { kind: 'derived', from: [change.address] };
    });
  });
}

function withCause(change: PlanChange, causeOf: (attribute: AttributeChange) => Cause): PlanChange {
  return { ...change, attributes: change.attributes.map((one) => ({ ...one, cause: causeOf(one) })) };
}

/** The attribute did not move by itself: why its resource comes, goes, or is made anew. */
function wholeCause(
  { address, action, replace_paths: forcing }: PlanChange,
  { asked, drifted }: { asked: (path: string) => Cause | undefined; drifted: Drifted },
): Cause | undefined {
  if (action === 'create' && drifted.get(address)?.includes('')) return { kind: 'drift' };
  if (action === 'create' || action === 'delete') return asked('');
  if (action !== 'replace') return undefined;
  return forcing.some((path) => asked(path) !== undefined) ? { kind: 'derived', from: [address] } : undefined;
}

interface Book {
  readonly moved: ReadonlyMap<string, Trace['moved']>;
  readonly engine: ReadonlyMap<string, readonly Place[]>;
  /** The same fields have the same cause, in however many attributes. */
  causeOf(fields: readonly string[]): Cause;
  readonly blueprints: Trace['blueprints'];
}

type Mask = (value: unknown) => unknown;

function bookOf({ fields, moved, engine, blueprints }: Trace, mask: Mask): Book {
  const causes = new Map<string, Cause>();
  const make = (names: readonly string[]): Cause => {
    const values = names.length === 1 ? fields.find(({ field }) => field === names[0]) : undefined;
    const told = values && { before: shown(values.before, mask), after: shown(values.after, mask) };
    return { kind: 'spec', fields: names, ...told };
  };
  return {
    moved: groupBy(moved, ({ owner }) => owner),
    engine: groupBy(engine, ({ owner }) => owner),
    causeOf: (names) => {
      const key = names.join(' ');
      const cause = causes.get(key) ?? make(names);
      causes.set(key, cause);
      return cause;
    },
    blueprints,
  };
}

function fromBook(book: Book, owner: string, path: string): Cause | undefined {
  const fields = new Set(fitting(book.moved.get(owner) ?? [], path).flatMap((one) => one.fields));
  if (fields.size > 0) return book.causeOf([...fields].sort());
  if (fitting(book.engine.get(owner) ?? [], path).length === 0) return undefined;
  return { kind: 'engine', ...book.blueprints };
}

/** Those that fit best. For the path '' those that move the whole. */
function fitting<T extends Place>(places: readonly T[], path: string): readonly T[] {
  if (path === '') return places.filter((one) => one.path === '');
  const exact = places.filter((one) => fit(one.path, path) === 2);
  return exact.length > 0 ? exact : places.filter((one) => fit(one.path, path) === 1);
}

/** The settings of the provider, such as tags that every resource gets. */
function ofProvider(books: readonly Book[], owner: string): Cause | undefined {
  const provider = `provider.${owner.split('_')[0] ?? ''}`;
  const placesOf = (book: Book) => book.moved.get(provider)?.map(({ path }) => path) ?? [];
  return firstOf(books, (book) => firstOf(placesOf(book), (path) => fromBook(book, provider, path)));
}

const mostCharacters = 500;

/** A value of a field, masked; a long one is told by its length. */
function shown(value: unknown, mask: Mask): unknown {
  const length = (JSON.stringify(value) ?? '').length;
  return length > mostCharacters ? `(${length} characters)` : mask(value ?? null);
}

/** Address -> paths that differ from what was applied; '' = the object is gone. */
type Drifted = ReadonlyMap<string, readonly string[]>;

function driftOf({ resource_drift: drift }: PlanJson): Drifted {
  return new Map(
    drift.map(({ address, change }) => {
      if (change.actions.includes('delete')) return [address, ['']];
      return [address, differentPaths(change.before, change.after)];
    }),
  );
}

function hasDrift(drifted: Drifted, address: string, path: string): boolean {
  return (drifted.get(address) ?? []).some((one) => one === '' || fit(one, path) === 2);
}

interface SourcePattern {
  readonly pattern: RegExp;
  readonly fields: readonly string[];
}

/** The fields that a blueprint says the resources of an address stem from. */
function fieldsOf(sources: readonly SourcePattern[], address: string): readonly string[] {
  const plain = plainAddress(address);
  return [...new Set(sources.filter(({ pattern }) => pattern.test(plain)).flatMap(({ fields }) => fields))];
}

function patternOf(address: string): RegExp {
  return new RegExp(`^${address.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`);
}

/** Without the key of `count` or `for_each`. */
function plainAddress(address: string): string {
  return address.replace(/\[.*\]$/, '');
}

function firstOf<T, R>(items: readonly T[], find: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}
