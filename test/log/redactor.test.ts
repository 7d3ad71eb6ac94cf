import { createHash } from 'node:crypto';
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

  test('masks secrets that stand side by side, at both ends, and in all lengths that begin alike', () => {
    const redactor = new Redactor();
    for (const one of ['secret-a', 'secret-ab', 'secret-abc', 'others']) redactor.add(one);
    expect(redactor.mask('secret-abothers secret-abc.secret-a')).toBe('****** ***.***');
    expect(redactor.mask('secret-')).toBe('secret-');
  });

  test('takes a secret that is no well-formed text', () => {
    const redactor = new Redactor();
    redactor.add('word-\ud800-word');
    expect(redactor.mask('a word-\ud800-word')).toBe('a ***');
  });

  test('masks a long text quickly, although there are thousands of secrets', () => {
    const redactor = new Redactor();
    const secretOf = (n: number) => createHash('sha256').update(String(n)).digest('base64url');
    for (let n = 0; n < 10_000; n++) redactor.add(secretOf(n));
    const text = `${'name = "value" '.repeat(50_000)}${secretOf(9_999)}`;
    const started = performance.now();
    expect(redactor.mask(text).slice(-5)).toBe('" ***');
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});
