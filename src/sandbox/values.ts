import { decode, encode, ExtensionCodec } from '@msgpack/msgpack';

class UnknownValue {}

/** A value that Terraform learns only after apply. */
export const UNKNOWN: object = Object.freeze(new UnknownValue());

/** An object of Terraform: every attribute and block of its schema by name. */
export type ValueObject = Readonly<Record<string, unknown>>;
/** A way into a value: names and list indices. */
export type Steps = readonly (string | number)[];

const extensions = new ExtensionCodec();
extensions.register({
  type: 0,
  encode: (value) => (value instanceof UnknownValue ? new Uint8Array([0]) : null),
  decode: () => UNKNOWN,
});
// Type 12 is an unknown value with hints about it (go-cty, "refinements"). The hints may be ignored.
extensions.register({ type: 12, encode: () => null, decode: () => UNKNOWN });

/** The wire form of a value (docs/plugin-protocol/object-wire-format.md of Terraform). */
export function encodeValue(value: unknown): { msgpack: Uint8Array } {
  return { msgpack: encode(value, { extensionCodec: extensions }) };
}

export function decodeValue(
  wire: { readonly msgpack?: Uint8Array; readonly json?: Uint8Array } | null | undefined,
): unknown {
  if (wire?.msgpack !== undefined && wire.msgpack.length > 0)
    return decode(wire.msgpack, { extensionCodec: extensions });
  if (wire?.json !== undefined && wire.json.length > 0)
    return JSON.parse(Buffer.from(wire.json).toString('utf8'));
  return null;
}

export function isObject(value: unknown): value is ValueObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && value !== UNKNOWN;
}

/** Deep equality; two unknown values count as equal. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, i) => sameValue(item, b[i]));
  if (!isObject(a) || !isObject(b)) return false;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length && names.every((name) => name in b && sameValue(a[name], b[name]))
  );
}

/** The value at the steps; `undefined` where there is none. */
export function valueAt(value: unknown, steps: Steps): unknown {
  return steps.reduce<unknown>((at, step) => {
    if (Array.isArray(at) && typeof step === 'number') return at[step];
    return isObject(at) ? at[step] : undefined;
  }, value);
}

/** A string below the root by dotted path, the first element taken from lists: `metadata.name`. */
export function textAt(value: unknown, path: string): string | undefined {
  const found = lookUp(value, path);
  return typeof found === 'string' && found !== '' ? found : undefined;
}

/** The value by dotted path, the first element taken from lists; unknown and missing values are `undefined`. */
export function lookUp(value: unknown, path: string): unknown {
  const found = path.split('.').reduce<unknown>((at, name) => {
    const object: unknown = Array.isArray(at) ? at[0] : at;
    return isObject(object) ? object[name] : undefined;
  }, value);
  return found === null || found === UNKNOWN ? undefined : found;
}

/** A copy with one place changed; lists are entered at index 0 unless a step is a number. `undefined` when there is no such place. */
export function withValueAt(value: unknown, steps: Steps, changed: unknown): unknown {
  const [step, ...rest] = steps;
  if (step === undefined) return changed;
  if (Array.isArray(value)) {
    const index = typeof step === 'number' ? step : 0;
    const inner = withValueAt(value[index], typeof step === 'number' ? rest : steps, changed);
    return inner === undefined || index >= value.length ? undefined : value.with(index, inner);
  }
  if (!isObject(value)) return undefined;
  const inner = withValueAt(value[step], rest, changed);
  return inner === undefined ? undefined : { ...value, [step]: inner };
}
