/** Ends a switch over a union: a forgotten case does not compile, and an impossible one throws. */
export function assertNever(value: never): never {
  throw new Error(`unexpected case: ${String(value)}`);
}
