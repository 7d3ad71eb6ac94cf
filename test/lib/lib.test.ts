import { describe, expect, test } from '@jest/globals';
import { canonicalJson } from '../../src/lib/canonical-json.js';
import { newId } from '../../src/lib/ids.js';
import { toPage } from '../../src/lib/page.js';

describe('ids', () => {
  test('say what they name, and sort by age', () => {
    expect(newId('environment')).toMatch(/^env_[0-9a-z]{26}$/);
    expect(newId('run', 1_000) < newId('run', 2_000)).toBe(true);
  });

  test('ten thousand made in one millisecond differ', () => {
    expect(new Set(Array.from({ length: 10_000 }, () => newId('run', 1))).size).toBe(10_000);
  });
});

describe('canonical JSON', () => {
  test('is the same whatever the order of the members', () => {
    expect(canonicalJson({ b: [{ d: 1, c: 2 }], a: undefined })).toBe('{"b":[{"c":2,"d":1}]}');
  });
});

describe('a page', () => {
  test('has a cursor only when there is more', () => {
    expect(toPage(['c', 'b', 'a'], 2, (row) => row)).toEqual({ items: ['c', 'b'], nextCursor: 'b' });
    expect(toPage(['c', 'b'], 2, (row) => row)).toEqual({ items: ['c', 'b'], nextCursor: null });
    expect(toPage([], 2, String)).toEqual({ items: [], nextCursor: null });
  });
});
