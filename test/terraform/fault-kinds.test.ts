import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDiagnostics } from '../../src/terraform/diagnostics.js';
import { faultKind, tellingError, type FaultKind } from '../../src/terraform/fault-kinds.js';

/** Errors of terraform as providers write them: after each `## transient` or `## final` all of that kind. */
const fixture = readFileSync(join(import.meta.dirname, 'fixtures', 'provider-errors.txt'), 'utf8');
const sections = fixture
  .split(/^## /m)
  .slice(1)
  .map((text) => ({ kind: text.slice(0, text.indexOf('\n')) as FaultKind, errors: parseDiagnostics(text) }));
const errors = sections.flatMap(({ kind, errors }) => errors.map((error) => ({ kind, error })));

describe('what providers and clouds say is told apart', () => {
  test('the fixture has both', () => {
    expect(sections.map(({ kind, errors: { length } }) => [kind, length])).toEqual([
      ['transient', 15],
      ['final', 11],
    ]);
  });

  test.each(errors.map(({ kind, error }) => [kind, `${error.summary} ${error.detail}`, error] as const))(
    '%s: %s',
    (kind, _, error) => {
      expect(faultKind(error)).toBe(kind);
    },
  );

  test('of several errors one that stays decides', () => {
    const [passing, staying] = [errors[0]?.error, errors.at(-1)?.error].filter((one) => one !== undefined);
    expect(tellingError([passing!, staying!])).toBe(staying);
    expect(tellingError([passing!])).toBe(passing);
  });
});
