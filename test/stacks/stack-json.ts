import { synthesize } from '../../stacks/synth/synthesize.js';

type Body = Readonly<Record<string, unknown>>;

export interface StackJson {
  readonly provider: Readonly<Record<string, readonly Body[]>>;
  readonly resource: Readonly<Record<string, Readonly<Record<string, Body>>>>;
  readonly output: Readonly<Record<string, Body>>;
  readonly variable?: Readonly<Record<string, Body>>;
  readonly terraform: Body;
}

export function stackOf(input: unknown): StackJson {
  return JSON.parse(synthesize(input).json) as StackJson;
}

/** `type.name` of every resource, sorted. */
export function addressesOf(stack: StackJson): string[] {
  return Object.entries(stack.resource)
    .flatMap(([type, byName]) => Object.keys(byName).map((name) => `${type}.${name}`))
    .sort();
}

/** Every text in a JSON value with its path. */
export function textsOf(value: unknown, path = ''): { path: string; text: string }[] {
  if (typeof value === 'string') return [{ path, text: value }];
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, member]) => textsOf(member, `${path}/${key}`));
}
