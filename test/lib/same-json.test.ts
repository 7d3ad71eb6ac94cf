import { describe, expect, test } from '@jest/globals';
import { sameJson } from '../../src/lib/same-json.js';

describe('values of JSON', () => {
  test.each([
    [
      { a: 1, b: [null, 'x'] },
      { b: [null, 'x'], a: 1 },
    ],
    [[], []],
    [null, null],
    ['1', '1'],
  ])('%j is %j', (a, b) => {
    expect(sameJson(a, b)).toBe(true);
  });

  test.each([
    [{ a: null }, {}],
    [{ a: null }, { b: null }],
    [{}, []],
    [
      [1, 2],
      [2, 1],
    ],
    [[1], [1, 1]],
    [1, '1'],
    [null, {}],
    [{ a: { b: 1 } }, { a: { b: 2 } }],
    [{ toString: 1 }, { valueOf: 1 }],
  ])('%j is not %j, and the other way round', (a: unknown, b: unknown) => {
    expect(sameJson(a, b)).toBe(false);
    expect(sameJson(b, a)).toBe(false);
  });
});
