import { describe, expect, test } from '@jest/globals';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../src/lib/project-root.js';
import { expectNone, readText } from './source.js';

const kinds = [
  'Spoofing',
  'Tampering',
  'Repudiation',
  'Information disclosure',
  'Denial of service',
  'Elevation of privilege',
];
const sections = readText('docs/threat-model.md').split('\n## ');

describe('the threat model', () => {
  test.each(kinds)('names a test that exists for each control: %s', (kind) => {
    const section = sections.find((part) => part.startsWith(`${kind}\n`)) ?? '';
    const rows = section
      .split('\n')
      .filter((line) => /^\| (?!threat |-)/.test(line))
      .map((line) => line.split(' | '));
    expect(rows.length).toBeGreaterThan(2);
    const bare = rows.filter(([, control = '', tests = '']) => {
      const paths = [...tests.matchAll(/\]\(\.\.\/(test\/[^)]+\.test\.ts)\)/g)].map(
        (match) => match[1] ?? '',
      );
      const missing = paths.some((path) => !existsSync(join(projectRoot, path)));
      return control.trim() === '' || paths.length === 0 || missing;
    });
    expectNone(
      bare.map(([threat = '']) => threat.slice(2).trim()),
      'docs/threat-model.md: name the control and a test of it that exists:',
    );
  });
});
