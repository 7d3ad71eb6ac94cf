import { describe, expect, test } from '@jest/globals';
import { Redactor } from '../../src/log/redactor.js';

const secret = 'p@ss"word/1234+x';

describe('the redactor', () => {
  test.each([
    ['as it is', secret],
    ['in a URL', encodeURIComponent(secret)],
    ['in JSON', JSON.stringify(secret)],
    ['in base64', Buffer.from(secret).toString('base64')],
    ['in base64 for URLs', Buffer.from(secret).toString('base64url')],
  ])('masks a secret %s', (_how, text) => {
    const redactor = new Redactor();
    redactor.add(secret);
    expect(redactor.mask(`before ${text} after`)).toMatch(/^before "?\*\*\*=*"? after$/);
  });

  test('masks the longer of two secrets that share a beginning', () => {
    const redactor = new Redactor();
    redactor.add('abcdef');
    redactor.add('abcdefgh');
    expect(redactor.mask('abcdefgh abcdef')).toBe('*** ***');
  });

  test('leaves text without secrets as it is, and ignores what is too short to mask', () => {
    const redactor = new Redactor();
    redactor.add('abc');
    expect(redactor.mask('abc $1 \\')).toBe('abc $1 \\');
  });
});
