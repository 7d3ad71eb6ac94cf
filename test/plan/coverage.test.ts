import { describe, expect, test } from '@jest/globals';
import { notCovered } from '../../src/plan/coverage.js';
import type { ChangeAction, PlanChange } from '../../src/plan/plan-changes.js';

const change = (action: ChangeAction, address = 'a.b'): PlanChange => ({
  address,
  resource_type: 'a',
  action,
  reason: null,
  import_id: null,
  previous_address: null,
  deposed: null,
  replace_paths: [],
  attributes: [],
  risk: 'low',
  reasons: [],
});

describe('a plan made again after an interruption', () => {
  test.each<[ChangeAction, ChangeAction, boolean]>([
    ['create', 'create', true],
    ['create', 'update', true],
    ['create', 'delete', false],
    ['create', 'replace', false],
    ['update', 'update', true],
    ['update', 'create', false],
    ['replace', 'create', true],
    ['replace', 'delete', true],
    ['delete', 'delete', true],
    ['delete', 'create', false],
  ])('where %s was approved, %s is covered: %s', (approved, planned, covered) => {
    expect(notCovered([change(approved)], [change(planned)])).toEqual(covered ? [] : [`${planned} a.b`]);
  });

  test('what nobody approved is named; what changes nothing is not', () => {
    const planned = [change('no_op', 'c.d'), change('read', 'e.f'), change('create', 'g.h')];
    expect(notCovered([change('create')], planned)).toEqual(['create g.h']);
  });
});
