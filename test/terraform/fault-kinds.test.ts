import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDiagnostics } from '../../src/terraform/diagnostics.js';
import { faultKind, tellingError, type FaultKind } from '../../src/terraform/fault-kinds.js';
import { isDiskFull, lacksMemory } from '../../src/terraform/host-faults.js';

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
      ['transient', 16],
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

/** As terraform 1.11 and Go 1.23 put it; the last of each are of machines far away. */
describe('what the worker lacks is told from what others lack', () => {
  test.each([
    ['write errored.tfstate: no space left on device.', undefined, true],
    ['write /w/run_1a/.cache/helm/index.yaml: no space left on device', 'helm_release.a', true],
    ['creating /var/log on node a: no space left on device', 'helm_release.a', false],
    ['the disk is nearly full', undefined, false],
  ])('a disk: %s', (detail, address, full) => {
    const error = { summary: 'Failed', detail, ...(address === undefined ? {} : { address }) };
    expect(isDiskFull(error)).toBe(full);
    const other = { severity: 'error', summary: 'Unsupported argument', detail: '' } as const;
    expect(tellingError([other, { ...error, severity: 'error' }]) === other).toBe(!full);
  });

  test.each([
    ['fatal error: failed to reserve page summary memory', true],
    [
      'runtime: out of memory: cannot allocate 4194304-byte block (0 in use)\nfatal error: out of memory',
      true,
    ],
    ['Error: Plugin did not respond\n\nfatal error: runtime: cannot allocate memory', true],
    ['Failed to instantiate: fork/exec .terraform/x: cannot allocate memory', true],
    ['pod shop-0: the log ends with fatal error: out of memory', false],
  ])('memory: %s', (output, lacks) => {
    expect(lacksMemory(output)).toBe(lacks);
  });
});
