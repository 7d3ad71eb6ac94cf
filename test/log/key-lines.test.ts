import { expect, test } from '@jest/globals';
import { keyLineMasker } from '../../src/log/key-lines.js';

const told = (lines: readonly string[]) => lines.map(keyLineMasker());
const begin = '| -----BEGIN RSA PRIVATE KEY-----';
const end = '| -----END RSA PRIVATE KEY-----';

test('the lines of a private key are masked up to its end, those before and after are not', () => {
  expect(told(['a', begin, '| MIIB', '| MIIC', end, 'b'])).toEqual(['a', begin, '***', '***', '***', 'b']);
});

test('a key in one line, and a certificate, are no beginning', () => {
  const lines = [`${begin}MIIB${end}`, 'a', '-----BEGIN CERTIFICATE-----', 'b'];
  expect(told(lines)).toEqual(lines);
});

test('a beginning without an end takes 200 lines at most', () => {
  const shown = told([begin, ...Array<string>(201).fill('line')]);
  expect(shown.slice(-2)).toEqual(['***', 'line']);
});
