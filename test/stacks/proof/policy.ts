/** What a policy is made of. */
import type { StackJson } from '../stack-json.js';

export type Body = Readonly<Record<string, unknown>>;

export interface Policy {
  readonly name: string;
  /** Address and fault, for each breach. */
  faults(stack: StackJson): string[];
}

/** A policy on each resource of some types; `check` gives what is wrong, or nothing. */
export function each(
  name: string,
  types: RegExp,
  check: (body: Body, stack: StackJson) => string | false,
): Policy {
  return {
    name,
    faults: (stack) =>
      Object.entries(stack.resource)
        .filter(([type]) => types.test(type))
        .flatMap(([type, byName]) =>
          Object.entries(byName).flatMap(([id, body]) => {
            const fault = check(body, stack);
            return fault === false ? [] : [`${type}.${id}: ${fault}`];
          }),
        ),
  };
}

/** A block or a list of blocks as a list. */
export const listOf = (value: unknown): Body[] =>
  Array.isArray(value) ? (value as Body[]) : value ? [value as Body] : [];
/** A block that comes once. */
export const first = (value: unknown): Body => listOf(value)[0] ?? {};
