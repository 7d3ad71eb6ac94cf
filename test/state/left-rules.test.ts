import { expect, test } from '@jest/globals';
import { knownToLeftAlone, leftText } from '../../src/state/left-rules.js';
import { parseState } from '../../src/state/state-rules.js';
import { stateText } from '../api/state-version.js';

const state = (objects: Readonly<Record<string, string>>) =>
  parseState(stateText(3, Object.fromEntries(Object.entries(objects).map(([at, id]) => [at, { id }]))));

test.each<[string, Record<'left' | 'stored' | 'before', Record<string, string>>, string[]]>([
  ['all is stored', { left: { 't.a': '1' }, stored: { 't.a': '1' }, before: {} }, []],
  ['one is not stored', { left: { 't.a': '1', 't.b': '2' }, stored: { 't.a': '1' }, before: {} }, ['t.b']],
  [
    'another object is stored at its address',
    { left: { 't.a': '2' }, stored: { 't.a': '1' }, before: {} },
    ['t.a'],
  ],
  [
    'what was stored before and is gone now was destroyed since',
    { left: { 't.a': '1' }, stored: {}, before: { 't.a': '1' } },
    [],
  ],
])('%s', (_, { left, stored, before }, lost) => {
  expect(knownToLeftAlone(state(left), state(stored), state(before))).toEqual(lost);
});

test('a reason names ten at most', () => {
  const lost = Array.from({ length: 12 }, (_, at) => `t.n${at}`);
  expect(leftText({ runId: 'run_1', serial: 4 }, lost, null)).toMatch(
    /^run run_1 left state 4, which could not be stored; no state is stored, without t\.n0, .*t\.n9 and 2 others$/,
  );
});
