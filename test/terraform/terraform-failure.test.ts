import { expect, test } from '@jest/globals';
import { terraformFailure } from '../../src/terraform/terraform-failure.js';

const failure = (stoppedBy: 'timeout' | null, diagnostic?: string) =>
  terraformFailure({
    command: 'apply',
    result: { exitCode: null, signal: 'SIGKILL', stoppedBy, durationMs: 1 },
    limit: { name: 'PROVISIONING_TIMEOUT', ms: 1000 },
    diagnostic:
      diagnostic === undefined
        ? undefined
        : { severity: 'error', summary: diagnostic, detail: '', address: 'aws_vpc.network' },
    output: '',
    mask: (text) => text,
  });

test('a terraform that somebody else killed has judged nothing: its run is interrupted, not failed', () => {
  expect(failure(null)).toMatchObject({
    code: 'interrupted',
    message: 'terraform apply was killed (SIGKILL)',
    retryable: true,
  });
  expect(failure(null, 'creating EC2 VPC')).toMatchObject({ code: 'interrupted' });
  expect(failure('timeout')).toMatchObject({ code: 'phase_timeout' });
});
