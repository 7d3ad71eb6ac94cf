import { expect, test } from '@jest/globals';
import { bindingMismatches, type PlanBinding } from '../../src/plan/binding.js';

const saved: PlanBinding = {
  planSha256: 'p',
  synthSha256: 's',
  lockSha256: 'l',
  toolVersion: '1.11.4',
  revision: 3,
  cloudAccountId: '123456789012',
  stateLineage: 'lineage',
  stateSerial: 7,
};

test('a plan whose facts hold may be applied', () => {
  expect(bindingMismatches(saved, { ...saved })).toEqual([]);
});

test.each(
  Object.entries({
    planSha256: ['x', 'plan file'],
    synthSha256: ['x', 'generated stack'],
    lockSha256: ['x', 'provider lock file'],
    toolVersion: ['1.12.0', 'terraform version'],
    revision: [4, 'revision'],
    cloudAccountId: ['210987654321', 'cloud account'],
    stateLineage: [null, 'state lineage'],
    stateSerial: [8, 'state serial'],
  } satisfies Record<keyof PlanBinding, [unknown, string]>),
)('another %s makes it stale and is named', (fact, [value, name]) => {
  expect(bindingMismatches(saved, { ...saved, [fact]: value })).toEqual([name]);
});

test('all that differs is named', () => {
  expect(bindingMismatches(saved, { ...saved, revision: 4, stateSerial: null })).toEqual([
    'revision',
    'state serial',
  ]);
});
