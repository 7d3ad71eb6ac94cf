import { describe, expect, test } from '@jest/globals';
import { existsText } from '../../worker/what-exists.js';

const addresses = (count: number) => Array.from({ length: count }, (_, n) => `aws_s3_bucket.b${n}`);

describe('what a stopped apply has left is told with counts, addresses and what can be done', () => {
  test.each([
    [[], [], 'nothing exists; retry starts again, delete ends the environment'],
    [['a.b'], [], '1 resource exists: a.b; retry goes on from there, delete removes what exists'],
    [
      ['a.b', 'c.d'],
      ['e.f'],
      '2 resources exist: a.b, c.d; 1 resource more may exist: e.f; retry goes on from there, delete removes what exists',
    ],
    [
      [],
      ['e.f'],
      'nothing is in the state; 1 resource more may exist: e.f; retry goes on from there, delete removes what exists',
    ],
  ])('%j in the state, %j begun', (known, maybe, text) => {
    expect(existsText(known, maybe)).toBe(text);
  });

  test('a long list is cut and says by how many', () => {
    expect(existsText(addresses(13), [])).toMatch(/^13 resources exist: .*b9 and 3 others; retry/);
  });
});
