/** Where two generated stacks differ, in terms that attributes of a plan can be held against. Pure. */
import { sameJson } from '../lib/same-json.js';

/** A place in a stack: `owner` is an address, `provider.<name>` or `output.<name>`; `path` is '' for the whole of it. */
export interface Place {
  readonly owner: string;
  readonly path: string;
}

/** The smallest places that differ. Both are stacks in Terraform's JSON form. */
export function differentPlaces(before: string, after: string): Place[] {
  if (before === after) return [];
  const [old, now] = [before, after].map((text) => ownersOf(JSON.parse(text) as Tree)) as [Owners, Owners];
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((owner) =>
    differentPaths(old.get(owner), now.get(owner)).map((path) => ({ owner, path })),
  );
}

/** Dotted paths of the smallest differences of two trees; '' = the whole. */
export function differentPaths(before: unknown, after: unknown): string[] {
  const found: string[] = [];
  addDifferent(before, after, [], found);
  return found;
}

export function placeKey({ owner, path }: Place): string {
  return `${owner} ${path}`;
}

/**
 * How well a place of the stack fits an attribute of the plan: 2 = the same place or one within the other, 1 = the same but for numbers
 * in the path (sets are sorted anew by Terraform), 0 = not. In the plan blocks are lists even when there is one, so that a 0 says nothing.
 */
export function fit(stackPath: string, attributePath: string): 0 | 1 | 2 {
  const [stack, attribute] = [formsOf(stackPath), formsOf(attributePath)];
  if (nested(stack.plain, attribute.plain)) return 2;
  return nested(stack.unnumbered, attribute.unnumbered) ? 1 : 0;
}

interface PathForms {
  /** Without steps that are 0. */
  readonly plain: string;
  /** Without steps that are numbers. */
  readonly unnumbered: string;
}

/** Resources of a kind have the same few paths; in a large plan each is asked for thousands of times. */
const known = new Map<string, PathForms>();
const mostKnown = 10_000;

function formsOf(path: string): PathForms {
  const found = known.get(path);
  if (found !== undefined) return found;
  const forms = { plain: without(path, /^0$/), unnumbered: without(path, /^\d+$/) };
  if (known.size >= mostKnown) known.clear();
  known.set(path, forms);
  return forms;
}

const without = (path: string, segment: RegExp): string =>
  path
    .split('.')
    .filter((one) => !segment.test(one))
    .join('.');

const nested = (a: string, b: string): boolean =>
  a === '' || b === '' || a === b || a.startsWith(`${b}.`) || b.startsWith(`${a}.`);

type Tree = Readonly<Record<string, unknown>>;
type Owners = ReadonlyMap<string, unknown>;

function ownersOf(stack: Tree): Owners {
  const owners = new Map<string, unknown>();
  for (const [kind, prefix] of [
    ['resource', ''],
    ['data', 'data.'],
  ] as const)
    for (const [type, byName] of Object.entries(objectOf(stack[kind])))
      for (const [name, body] of Object.entries(objectOf(byName)))
        owners.set(`${prefix}${type}.${name}`, body);
  for (const kind of ['provider', 'output'])
    for (const [name, body] of Object.entries(objectOf(stack[kind]))) owners.set(`${kind}.${name}`, body);
  return owners;
}

/** Adds the paths of the smallest differences; `steps` lead to the two trees. */
function addDifferent(before: unknown, after: unknown, steps: string[], found: string[]): void {
  if (!isBranch(before) || !isBranch(after) || Array.isArray(before) !== Array.isArray(after)) {
    if (!sameJson(before ?? null, after ?? null)) found.push(steps.join('.'));
    return;
  }
  const [old, now] = [before as Tree, after as Tree];
  const step = (key: string): void => {
    steps.push(key);
    addDifferent(old[key], now[key], steps, found);
    steps.pop();
  };
  for (const key of Object.keys(old)) step(key);
  for (const key of Object.keys(now)) if (!Object.hasOwn(old, key)) step(key);
}

function isBranch(value: unknown): value is object {
  return value !== null && typeof value === 'object';
}

function objectOf(value: unknown): Tree {
  return isBranch(value) ? (value as Tree) : {};
}
