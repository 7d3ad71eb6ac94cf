/** What a fuzzer sends: values of every type and size, and bodies that are almost right. */
import fc from 'fast-check';

const injections = [
  "'; drop table tenants; --",
  "' or '1'='1",
  '") or 1=1 --',
  '${7*7}',
  '{{7*7}}',
  '$(id)',
  '`id`',
  '<script>alert(1)</script>',
  '../../../../etc/passwd',
  '..%2f..%2f',
  '%00',
  '\u0000',
  'a\u0000b',
  '\ud800',
  '\udfff\ud800',
  '\u202eexe.txt',
  '\ufeff',
  'İıſK',
  '👩‍👩‍👧‍👦',
  '\r\nSet-Cookie: a=b',
  '__proto__',
  'constructor',
  'toString',
  'NaN',
  'Infinity',
  '-0',
  '1e309',
  '9223372036854775808',
  '2038-01-19T03:14:08Z',
  '0000-00-00',
  'null',
  'undefined',
  '%',
  '_',
  '*',
  '\\',
  ' ',
  '',
];

export const text = fc.oneof(
  fc.constantFrom(...injections),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.string({ maxLength: 80 }),
  fc.constantFrom(256, 4096, 70_000).map((length) => 'x'.repeat(length)),
);

export const value: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 6, arbitrary: text },
  { weight: 2, arbitrary: fc.integer() },
  {
    weight: 2,
    arbitrary: fc.constantFrom(0, -1, 1.5, 1e308, -0, 2 ** 31, 2 ** 53, 2 ** 63, 1e-320),
  },
  { weight: 3, arbitrary: fc.constantFrom(null, true, false, [], {}, [[]], [null], { '': '' }) },
  { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 4 }) },
  { weight: 1, arbitrary: fc.constant(Array.from({ length: 3000 }, (_, at) => at)) },
  { weight: 1, arbitrary: fc.integer({ min: 50, max: 400 }).map(nested) },
);

function nested(depth: number): unknown {
  let inner: unknown = 'deep';
  for (let at = 0; at < depth; at += 1) inner = at % 2 === 0 ? [inner] : { a: inner };
  return inner;
}

/** Bodies that are no proper JSON objects, as they are sent. */
export const rawBody = fc.oneof(
  fc.constantFrom(
    '',
    '{',
    '{}}',
    'null',
    '[]',
    '"text"',
    '1e400',
    '{"a":1,"a":2}',
    '{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}}}',
    '\ufeff{}',
    '['.repeat(200_000),
    '['.repeat(100_000) + ']'.repeat(100_000),
    '{"spec":'.repeat(20_000) + '1' + '}'.repeat(20_000),
    `{"spec":${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}}`,
    `{"name":"${'y'.repeat(1_048_560)}"}`,
  ),
  fc.string({ unit: 'binary', maxLength: 200 }),
);

export interface Change {
  /** Which of the places in a body, from the outside to the inside. */
  readonly place: number;
  readonly kind: 'replace' | 'remove' | 'add' | 'keep';
  readonly name: string;
  readonly value: unknown;
}

export const change: fc.Arbitrary<Change> = fc.record({
  place: fc.nat(60),
  kind: fc.constantFrom('replace', 'replace', 'replace', 'remove', 'add', 'keep'),
  name: fc.oneof(text, fc.constantFrom('status', 'tenant_id', 'version', 'id', 'spec')),
  value,
});

/** A copy of a good body with one place made worse. */
export function changed(body: unknown, { place, kind, name, value: given }: Change): unknown {
  const copy = structuredClone(body);
  const places: { holder: Record<string, unknown>; key: string }[] = [];
  const walk = (node: unknown): void => {
    if (node === null || typeof node !== 'object') return;
    const holder = node as Record<string, unknown>;
    for (const key of Object.keys(holder)) {
      places.push({ holder, key });
      walk(holder[key]);
    }
  };
  walk(copy);
  const found = places[place % Math.max(places.length, 1)];
  if (kind === 'keep') return copy;
  if (found === undefined) return kind === 'add' ? { [name]: given } : given;
  if (kind === 'replace') found.holder[found.key] = given;
  else if (kind === 'remove') delete found.holder[found.key];
  else found.holder[name] = given;
  return copy;
}
