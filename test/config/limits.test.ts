import { expect, test } from '@jest/globals';
import { readConfig } from '../../src/config/config.js';
import { limitHit, limitOf } from '../../src/config/limits.js';

test('a phase has a limit of its own, or the one for all, and is named by the setting that it is from', () => {
  const config = readConfig({ PROVISIONING_TIMEOUT: '300', DESTROY_TIMEOUT: '900' });
  expect(limitOf(config, 'DESTROY_TIMEOUT')).toEqual({ name: 'DESTROY_TIMEOUT', ms: 900_000 });
  expect(limitOf(config, 'APPLY_TIMEOUT')).toEqual({ name: 'PROVISIONING_TIMEOUT', ms: 300_000 });
  expect(limitHit(limitOf(config, 'PLAN_TIMEOUT'))).toEqual({
    limit: 'PROVISIONING_TIMEOUT',
    limit_seconds: 300,
  });
});

test('a limit that is none is refused', () => {
  expect(() => readConfig({ APPLY_TIMEOUT: '0' })).toThrow(/APPLY_TIMEOUT/);
});
