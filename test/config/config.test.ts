import { describe, expect, test } from '@jest/globals';
import { readConfig } from '../../src/config/config.js';

const key = Buffer.alloc(32, 7).toString('base64');

describe('settings', () => {
  test('have the defaults of the README', () => {
    expect(readConfig({})).toMatchObject({
      PORT: 8000,
      HOST: '127.0.0.1',
      MAX_ENVIRONMENTS_PER_USER: 10,
      HEALTH_CHECK_TIMEOUT: 60,
      ROLLBACK_TIMEOUT: 120,
      sandbox: true,
      unknownNames: [],
    });
  });

  test('an empty value counts as unset', () => {
    expect(readConfig({ PORT: '', DATABASE_URL: '' })).toMatchObject({ PORT: 8000, sandbox: true });
  });

  test('every fault is named at once', () => {
    const wrong = {
      PORT: '70000',
      LEASE_SECONDS: '-1',
      STATE_ENCRYPTION_KEY: 'short',
      REDIS_URL: 'http://x',
    };
    try {
      readConfig(wrong);
      throw new Error('did not throw');
    } catch (error) {
      expect(error).toMatchObject({ code: 'invalid_settings' });
      for (const name of Object.keys(wrong)) expect(String(error)).toContain(`${name}: `);
    }
  });

  test('a database of its own needs a key, and switches the sandbox off', () => {
    expect(() => readConfig({ DATABASE_URL: 'postgres://localhost/x' })).toThrow(
      'STATE_ENCRYPTION_KEY: required',
    );
    expect(readConfig({ DATABASE_URL: 'postgres://localhost/x', STATE_ENCRYPTION_KEY: key }).sandbox).toBe(
      false,
    );
  });

  test('names that look like ours but are none are told', () => {
    expect(readConfig({ TERRACE_HOEM: 'x', TERRACE_HOME: '/tmp/t' }).unknownNames).toEqual(['TERRACE_HOEM']);
  });
});
