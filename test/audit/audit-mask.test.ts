import { describe, expect, test } from '@jest/globals';
import { difference, maskText, maskValue } from '../../src/audit/audit-mask.js';
import { Redactor } from '../../src/log/redactor.js';

const redactor = new Redactor();
redactor.add('correct horse');

describe('what is kept of a value', () => {
  test('has no secret: not by its name, not by its form, not one that is known', () => {
    const token = `trc_${'a'.repeat(43)}`;
    const view = {
      token,
      note: `I use ${token} and correct horse`,
      spec: { database: { password: 'x' }, client_secret: 'y', token_id: 'tok_1', kubeconfig: null },
      list: [{ external_id: 'z' }, 'AKIAABCDEFGHIJKLMNOP', 'eyJhbGciOi.eyJzdWIiOiIx.c2ln'],
    };
    expect(maskValue(view, redactor)).toEqual({
      token: '***',
      note: 'I use *** and ***',
      spec: { database: { password: '***' }, client_secret: '***', token_id: 'tok_1', kubeconfig: null },
      list: [{ external_id: '***' }, '***', '***'],
    });
  });

  test('is bounded, and can be stored', () => {
    expect(maskText('x'.repeat(3000), redactor)).toBe(`${'x'.repeat(2000)}...`);
    expect(maskValue({ rows: Array.from({ length: 5000 }, () => 'abc') }, redactor)).toEqual({
      omitted: '30010 characters',
    });
    expect(maskText('a\0b\ud800c', redactor)).toBe('ab\ufffdc');
    expect(maskValue(undefined, redactor)).toBeNull();
  });

  test('of two views is what differs', () => {
    expect(difference({ a: 1, b: { c: 1 }, d: 1 }, { a: 1, b: { c: 2 }, e: 1 })).toEqual({
      before: { b: { c: 1 } },
      after: { b: { c: 2 } },
    });
    expect(difference(null, { a: 1 })).toEqual({ before: null, after: { a: 1 } });
  });
});
