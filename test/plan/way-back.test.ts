import { expect, test } from '@jest/globals';
import type { PlanChange } from '../../src/plan/plan-changes.js';
import { lostOnTheWayBack } from '../../src/plan/way-back.js';

const change = (action: PlanChange['action'], address: string, risk: PlanChange['risk'] = 'high') => ({
  action,
  address,
  risk,
});

test.each([
  ['what the run made may go again', [change('create', 'db')], [change('delete', 'db')], []],
  ['what it replaced may be replaced', [change('replace', 'db')], [change('replace', 'db')], []],
  ['what it updated may not be lost', [change('update', 'db')], [change('replace', 'db')], ['replace db']],
  [
    'what it did not touch may not either',
    [],
    [change('delete', 'db'), change('delete', 'tmp', 'low')],
    ['delete db'],
  ],
  ['updates and creates lose nothing', [], [change('update', 'db'), change('create', 'cache')], []],
] as const)('%s', (_, approved, back, expected) => {
  expect(lostOnTheWayBack(approved, back)).toEqual(expected);
});
