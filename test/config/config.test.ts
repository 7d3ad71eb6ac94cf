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

  test('the control account is twelve digits, and its role is in it', () => {
    const [CONTROL_ACCOUNT_ID, CONTROL_ROLE_ARN] = ['999999999999', 'arn:aws:iam::999999999999:role/terrace'];
    expect(readConfig({ CONTROL_ACCOUNT_ID, CONTROL_ROLE_ARN })).toMatchObject({ CONTROL_ROLE_ARN });
    expect(() => readConfig({ CONTROL_ACCOUNT_ID: '99' })).toThrow(
      'must be the 12 digits of a cloud account',
    );
    expect(() => readConfig({ CONTROL_ROLE_ARN: 'terrace' })).toThrow('must be a role such as arn:aws:iam::');
    expect(() => readConfig({ CONTROL_ACCOUNT_ID: '111111111111', CONTROL_ROLE_ARN })).toThrow(
      'CONTROL_ROLE_ARN: is a role of another account than CONTROL_ACCOUNT_ID, 111111111111',
    );
    expect(() => readConfig({ ONBOARDING_TEMPLATE_URL: 'http://s3.example.com/x' })).toThrow(
      'ONBOARDING_TEMPLATE_URL: must be the https address of an object in S3',
    );
  });

  test('a database of its own needs a key, and switches the sandbox off', () => {
    expect(() => readConfig({ DATABASE_URL: 'postgres://localhost/x' })).toThrow(
      'STATE_ENCRYPTION_KEY: required',
    );
    expect(readConfig({ DATABASE_URL: 'postgres://localhost/x', STATE_ENCRYPTION_KEY: key }).sandbox).toBe(
      false,
    );
  });

  test('an identity provider is https or on this machine, and goes with an audience', () => {
    const read = (OIDC_ISSUER: string) => readConfig({ OIDC_ISSUER, OIDC_AUDIENCE: 'terrace' });
    expect(read('https://id.example.com/realm')).toMatchObject({
      OIDC_ROLE_CLAIM: 'terrace_role',
      OIDC_TENANT_CLAIM: 'terrace_tenant',
    });
    expect(read('http://127.0.0.1:9000').OIDC_ISSUER).toBe('http://127.0.0.1:9000');
    for (const plain of [
      'http://id.example.com',
      'http://127.0.0.1.example.com',
      'http://localhost:x@evil.example',
    ])
      expect(() => read(plain)).toThrow('OIDC_ISSUER: must be https, or http on this machine');
    for (const half of [{ OIDC_ISSUER: 'https://id.example.com' }, { OIDC_AUDIENCE: 'terrace' }])
      expect(() => readConfig(half)).toThrow('OIDC_ISSUER and OIDC_AUDIENCE: set both, or neither');
  });

  test('ranges that may be called are ranges', () => {
    const read = (ranges: string) => readConfig({ OUTBOUND_ALLOWED_RANGES: ranges }).OUTBOUND_ALLOWED_RANGES;
    expect(readConfig({}).OUTBOUND_ALLOWED_RANGES).toEqual([]);
    expect(read('10.1.0.0/16, ::1,fd00::/8')).toEqual(['10.1.0.0/16', '::1', 'fd00::/8']);
    for (const none of ['10.1.0.0/33', 'localhost', '10.1/16', '::1/129', 'fd00::/8/9'])
      expect(() => read(none)).toThrow(
        'OUTBOUND_ALLOWED_RANGES: must be addresses or ranges such as 10.1.0.0/16 or fd00::/8, comma-separated',
      );
  });

  test('names that look like ours but are none are told', () => {
    expect(readConfig({ TERRACE_HOEM: 'x', TERRACE_HOME: '/tmp/t' }).unknownNames).toEqual(['TERRACE_HOEM']);
  });
});
