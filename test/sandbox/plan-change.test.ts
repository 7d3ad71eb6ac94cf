import { describe, expect, test } from '@jest/globals';
import { planChange } from '../../src/sandbox/plan-change.js';
import type { TypeOverlay } from '../../src/sandbox/schema/overlay-type.js';
import type { TypeSchema } from '../../src/sandbox/schema/type-schema.js';
import { decodeValue, encodeValue, UNKNOWN, withValueAt } from '../../src/sandbox/values.js';

const port = {
  attributes: {
    port: { mode: 'required', type: 'number' },
    node: { mode: 'optional_computed', type: 'number' },
  },
  blocks: {},
} as const;
const block: TypeSchema['block'] = {
  attributes: {
    id: { mode: 'computed', type: 'string' },
    name: { mode: 'required', type: 'string' },
    kind: { mode: 'optional', type: 'string' },
    secret: { mode: 'optional', type: 'string' },
  },
  blocks: {
    list: { nesting: 'list', minItems: 0, maxItems: 0, block: port },
    set: { nesting: 'set', minItems: 0, maxItems: 0, block: port },
  },
};
const schema = (overlay: TypeOverlay): TypeSchema => ({
  type: 't',
  block,
  overlay,
  sensitive: new Set(),
  writeOnly: new Set(overlay.writeOnly),
  legacyTypeSystem: true,
});
const value = (more: object) => ({
  id: null,
  name: 'a',
  kind: null,
  secret: null,
  list: [],
  set: [],
  ...more,
});
const plan = (overlay: TypeOverlay, proposed: object, prior: object | null = null) =>
  planChange(schema(overlay), {
    proposed: value(proposed),
    prior: prior && value(prior),
    config: value({ ...proposed, id: null }),
  });

describe('a planned change', () => {
  test('of a new object leaves computed attributes open, inside blocks too', () => {
    const { planned } = plan({}, { list: [{ port: 1, node: null }], set: [{ port: 2, node: null }] });
    expect(planned['id']).toBe(UNKNOWN);
    expect(planned['list']).toEqual([{ port: 1, node: UNKNOWN }]);
    expect(planned['set']).toEqual([{ port: 2, node: UNKNOWN }]);
    expect(planned['kind']).toBeNull();
  });

  test('keeps what was known, even null, and opens only what is new', () => {
    const prior = { id: 'x', list: [{ port: 1, node: null }], set: [{ port: 2, node: null }] };
    const proposed = {
      ...prior,
      list: [...prior.list, { port: 3, node: null }],
      set: [...prior.set, { port: 4, node: null }],
    };
    const { planned } = plan({}, proposed, prior);
    expect(planned['list']).toEqual([
      { port: 1, node: null },
      { port: 3, node: UNKNOWN },
    ]);
    expect(planned['set']).toEqual([
      { port: 2, node: null },
      { port: 4, node: UNKNOWN },
    ]);
  });

  test('fills in defaults and leaves write-only values out', () => {
    const { planned } = plan({ defaults: { kind: 'plain' }, writeOnly: ['secret'] }, { secret: 'hush' });
    expect(planned).toMatchObject({ kind: 'plain', secret: null });
  });

  test('names the places that need a new object', () => {
    const overlay = { forceNew: ['name', 'list.port'] };
    const prior = { id: 'x', name: 'b', list: [{ port: 1, node: 5 }] };
    expect(
      plan(overlay, { ...prior, name: 'a', list: [{ port: 2, node: 5 }] }, prior).requiresReplace,
    ).toEqual([['name'], ['list', 0, 'port']]);
    expect(plan(overlay, prior, prior).requiresReplace).toEqual([]);
  });

  test('opens what depends on the change, and nothing when nothing changed', () => {
    const overlay = { unknownWhen: { id: ['kind'] } };
    const prior = { id: 'x', kind: 'old' };
    expect(plan(overlay, { ...prior, kind: 'new' }, prior).planned['id']).toBe(UNKNOWN);
    expect(plan(overlay, { ...prior, name: 'other' }, prior).planned['id']).toBe('x');
    expect(plan({ unknownOnUpdate: ['id'] }, prior, prior).planned['id']).toBe('x');
    expect(plan({ unknownOnUpdate: ['id'] }, { ...prior, name: 'other' }, prior).planned['id']).toBe(UNKNOWN);
  });
});

describe('values', () => {
  test('survive the wire, unknown ones too', () => {
    const sent = { a: [1, 2.5, 'x', null, true], b: { c: UNKNOWN } };
    expect(decodeValue(encodeValue(sent))).toEqual(sent);
    expect(encodeValue(UNKNOWN).msgpack).toEqual(new Uint8Array([0xd4, 0, 0]));
    expect(decodeValue({ msgpack: new Uint8Array([0xc7, 3, 12, 0x81, 1, 0xc2]) })).toBe(UNKNOWN);
    expect(decodeValue(null)).toBeNull();
  });

  test('are changed at a path, lists entered at their first element, and not where there is no such place', () => {
    expect(withValueAt({ a: [{ b: 1 }] }, ['a', 'b'], 2)).toEqual({ a: [{ b: 2 }] });
    expect(withValueAt({ a: [{ b: 1 }, { b: 1 }] }, ['a', 1, 'b'], 2)).toEqual({ a: [{ b: 1 }, { b: 2 }] });
    expect(withValueAt({ a: [] }, ['a', 'b'], 2)).toBeUndefined();
    expect(withValueAt({ a: null }, ['a', 'b'], 2)).toBeUndefined();
  });
});
