import { describe, expect, test } from '@jest/globals';
import { firstError, parseDiagnostics, publicText } from '../../src/terraform/diagnostics.js';

describe('diagnostics of terraform', () => {
  test('place, quoted source and explanation are told apart', () => {
    const text = [
      '',
      'Warning: Deprecated attribute',
      '',
      'Use another.',
      '',
      'Error: creating RDS DB Instance (acme): AccessDenied',
      '',
      '  with aws_db_instance.main,',
      '  on cdk.tf.json line 12, in resource.aws_db_instance.main:',
      '   12:   "identifier": "${var.secret}"',
      '    ├────────────────',
      '    │ var.secret is "hunter2"',
      '',
      'The role may not',
      'do this.',
    ].join('\n');
    expect(parseDiagnostics(text)).toEqual([
      { severity: 'warning', summary: 'Deprecated attribute', detail: 'Use another.' },
      {
        severity: 'error',
        summary: 'creating RDS DB Instance (acme): AccessDenied',
        detail: 'The role may not do this.',
        address: 'aws_db_instance.main',
      },
    ]);
    expect(firstError(text)?.address).toBe('aws_db_instance.main');
  });

  test('the drawn box reads the same', () => {
    const boxed = '╷\n│ Error: Bad thing\n│ \n│   with a.b["x"],\n│   on x line 1:\n│ \n│ Why.\n╵\n';
    expect(parseDiagnostics(boxed)).toEqual([
      { severity: 'error', summary: 'Bad thing', detail: 'Why.', address: 'a.b["x"]' },
    ]);
  });

  test.each([
    ['User: arn:aws:sts::123456789012:assumed-role/x is not authorized', 'User: (arn) is not authorized'],
    ['no file exists at "/srv/terrace/work/run_1/x"', 'no file exists at "(path)"'],
    ['GET http://127.0.0.1:4312/state/env_1 giving up', 'GET (state backend) giving up'],
    ['path /healthz and 3/4 stay', 'path /healthz and 3/4 stay'],
    ['x'.repeat(500), `${'x'.repeat(400)}…`],
  ])('public text of %j', (summary, shown) => {
    expect(publicText({ severity: 'error', summary, detail: 'secret' })).toBe(shown);
    expect(publicText({ severity: 'error', summary, detail: '', address: 'a.b' })).toBe(`${shown} (a.b)`);
  });
});
