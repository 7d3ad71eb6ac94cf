import { describe, expect, test } from '@jest/globals';
import { driftIn, driftText, matches, turnOf, withoutIgnored } from '../../src/drift/drift-rules.js';
import type { Drift, DriftChange } from '../../src/drift/drift.js';

const attribute = (path: string) => ({ path, before: 'a', after: 'b', sensitive: false });
const changed = (address: string, ...paths: string[]): DriftChange => ({
  address,
  resource_type: address.split('.')[0] ?? '',
  action: 'update',
  attributes: paths.map(attribute),
});
const gone = (address: string): DriftChange => ({ ...changed(address), action: 'delete' });

describe('a pattern', () => {
  test.each([
    ['aws_s3_bucket.logs', 'aws_s3_bucket.logs', true],
    ['aws_s3_bucket.logs', 'aws_s3_bucket.logs2', false],
    ['aws_*', 'aws_s3_bucket.logs', true],
    ['*.logs', 'aws_s3_bucket.logs', true],
    ['aws_*.logs', 'aws_s3_bucket.logs', true],
    ['aws_*.logs', 'aws.logs', false],
    ['a*a', 'a', false],
    ['*b*b*', 'ab', false],
    ['*', '', true],
    ['tags.*', 'tags', false],
    // As a regular expression this would be anything, or take for ever.
    ['.', 'a', false],
    [`${'a*'.repeat(50)}b`, 'a'.repeat(5000), false],
  ])('%s fits %s: %s', (pattern, text, fits) => {
    expect(matches(pattern, text)).toBe(fits);
  });
});

describe('what is ignored', () => {
  const all = [changed('a.one', 'tags.owner', 'size'), changed('a.two', 'tags.owner'), gone('b.three')];

  const whole = ['a.one: tags.owner size', 'a.two: tags.owner', 'b.three gone'];

  test.each([
    { what: 'nothing', rule: ['c.*'], left: whole, ignored: 0 },
    { what: 'attributes', rule: ['a.*', 'tags.*'], left: ['a.one: size', 'b.three gone'], ignored: 2 },
    {
      what: 'what is below a path',
      rule: ['a.*', 'tags'],
      left: ['a.one: size', 'b.three gone'],
      ignored: 2,
    },
    { what: 'what is gone, named as a whole', rule: ['b.three'], left: whole.slice(0, 2), ignored: 1 },
    { what: 'not what is gone, named by attribute', rule: ['b.*', '*'], left: whole, ignored: 0 },
    { what: 'all', rule: ['*'], left: [], ignored: 3 },
  ])('$what', ({ rule: [address = '', ...attributes], left, ignored }) => {
    const found = withoutIgnored(all, [{ address, attributes }]);
    const paths = ({ attributes }: DriftChange) => attributes.map(({ path }) => path).join(' ');
    const told = found.changes.map((one) =>
      one.action === 'delete' ? `${one.address} gone` : `${one.address}: ${paths(one)}`,
    );
    expect([told, found.ignored]).toEqual([left, ignored]);
  });
});

test('sensitive values are masked, wherever they reappear; data sources and mere reads are no drift', () => {
  const change = (address: string, over: object) => ({
    address,
    mode: 'managed',
    type: 'a',
    change: {
      actions: ['update'],
      before: { password: 'hunter2hunter2', url: 'x' },
      after: { password: 'correct-horse', url: 'at:correct-horse' },
      before_sensitive: { password: true },
      after_sensitive: { password: true },
      ...over,
    },
  });
  const json = {
    format_version: '1.2',
    resource_drift: [
      change('a.one', {}),
      { ...change('data.a.two', {}), mode: 'data' },
      change('a.three', { actions: ['no-op'] }),
    ],
  };
  const { changes } = driftIn(json, []);
  expect(changes.map(({ address }) => address)).toEqual(['a.one']);
  expect(JSON.stringify(changes)).not.toMatch(/hunter2|horse/);
  expect(changes[0]?.attributes).toEqual([
    { path: 'password', before: '(sensitive)', after: '(sensitive)', sensitive: true },
    { path: 'url', before: 'x', after: '(sensitive)', sensitive: false },
  ]);
});

const drift = (status: Drift['status'], ...changes: DriftChange[]): Drift => ({
  ...{
    status,
    changes,
    checked_at: '',
    changes_total: changes.length,
    ignored: 0,
    error: null,
    run_id: null,
  },
});
const some = changed('a.one', 'size');

test.each<[string, Drift | null, Drift, ReturnType<typeof turnOf>]>([
  ['first found in sync', null, drift('in_sync'), null],
  ['first found drifted', null, drift('drifted', some), 'drifted'],
  ['drifted as before', drift('drifted', some), drift('drifted', some), null],
  ['in sync again', drift('drifted', some), drift('in_sync'), 'drift_gone'],
  ['not looked', drift('drifted', some), drift('unknown', some), null],
  ['drifted as before a look that failed', drift('unknown', some), drift('drifted', some), null],
  ['in sync after a look that failed', drift('unknown', some), drift('in_sync'), 'drift_gone'],
])('%s', (_, before, after, turn) => {
  expect(turnOf(before, after)).toBe(turn);
});

test('the line of the timeline names the first ones and counts the rest', () => {
  expect(driftText([some])).toBe('1 resource differs from what was applied: a.one');
  const many = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => gone(`x.${name}`));
  expect(driftText(many)).toBe(
    '7 resources differ from what was applied: x.a (gone), x.b (gone), x.c (gone), x.d (gone), x.e (gone) and 2 more',
  );
});
