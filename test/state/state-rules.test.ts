import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { judgeWrite, md5Matches, parseState } from '../../src/state/state-rules.js';

const version = (serial: number, over: Partial<{ lineage: string; sha256: string }> = {}) => ({
  serial,
  lineage: 'l',
  sha256: `bytes ${serial}`,
  ...over,
});

describe('a state may be followed', () => {
  test('by any state when it is the first', () => {
    expect(judgeWrite(null, version(7))).toBe('write');
  });

  test('by a higher serial of the same lineage', () => {
    expect(judgeWrite(version(1), version(2))).toBe('write');
    expect(judgeWrite(version(1), version(9))).toBe('write');
  });

  test('by itself, without a new version', () => {
    expect(judgeWrite(version(3), version(3))).toBe('same');
  });

  test.each([
    [version(3, { sha256: 'other' }), 'state serial 3 is there with other content'],
    [version(2), 'state serial 2 is older than 3'],
    [version(4, { lineage: 'm' }), "the state has lineage m; this environment's is l"],
  ])('not by anything else', (next, message) => {
    expect(judgeWrite(version(3), next)).toMatchObject({ code: 'state_conflict', message });
  });
});

describe('a state file', () => {
  const file = {
    version: 4,
    terraform_version: '1.11.4',
    serial: 3,
    lineage: 'l',
    outputs: {
      url: { value: 'u', type: 'string' },
      password: { value: 'p', type: 'string', sensitive: true },
    },
    resources: [
      { mode: 'managed', type: 'a', name: 'one', instances: [{ attributes: { id: '1' } }] },
      {
        module: 'module.m["x"]',
        mode: 'managed',
        type: 'b',
        name: 'many',
        instances: [
          { index_key: 0, attributes: {} },
          { index_key: 'k"q', attributes: null },
        ],
      },
      { mode: 'data', type: 'c', name: 'seen', instances: [{ attributes: {} }] },
    ],
    check_results: null,
  };

  test('gives serial, lineage, outputs and the addresses of its managed resources', () => {
    const state = parseState(JSON.stringify(file));
    expect(state).toMatchObject({ serial: 3, lineage: 'l' });
    expect(state.outputs['url']).toMatchObject({ value: 'u', sensitive: false });
    expect(state.outputs['password']).toMatchObject({ value: 'p', sensitive: true });
    expect(state.resources.map((one) => one.address)).toEqual([
      'a.one',
      'module.m["x"].b.many[0]',
      'module.m["x"].b.many["k\\"q"]',
    ]);
    expect(state.resources[0]).toEqual({ address: 'a.one', type: 'a', values: { id: '1' } });
  });

  test.each([
    [''],
    ['{'],
    ['[]'],
    ['{}'],
    [JSON.stringify({ ...file, version: 3 })],
    [JSON.stringify({ ...file, serial: -1 })],
  ])('of another form is refused', (text) => {
    expect(() => parseState(text)).toThrow('the state is not a Terraform state of version 4');
  });
});

test('a body is whole when its MD5 is the one sent', () => {
  const body = Buffer.from('body');
  expect(md5Matches(body, createHash('md5').update(body).digest('base64'))).toBe(true);
  expect(md5Matches(body, createHash('md5').update('bod').digest('base64'))).toBe(false);
  expect(md5Matches(body, undefined)).toBe(true);
});
