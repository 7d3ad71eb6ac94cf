import { expect, test } from '@jest/globals';
import { createRefusalGate } from '../../src/audit/refusal-gate.js';

test('a flood of one kind is twenty lines a minute and then a count; another kind is told at once', () => {
  let nowMs = 0;
  const gate = createRefusalGate<number>(() => nowMs);
  const told = Array.from({ length: 1000 }, (_, n) => gate.pass('a', n)).flat();
  expect(told).toEqual(Array.from({ length: 20 }, (_, n) => ({ line: n, repeated: 0 })));
  expect(gate.pass('b', 7)).toEqual([{ line: 7, repeated: 0 }]);
  nowMs = 60_000;
  expect(gate.pass('b', 8)).toEqual([
    { line: 999, repeated: 979 },
    { line: 8, repeated: 0 },
  ]);
});

test('kinds without end are told as one', () => {
  const gate = createRefusalGate<number>(() => 0);
  const told = Array.from({ length: 9000 }, (_, n) => gate.pass(`kind ${n}`, n)).flat();
  expect(told).toHaveLength(5020);
});
