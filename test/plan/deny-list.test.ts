import { describe, expect, test } from '@jest/globals';
import { looksSecret, maskForms } from '../../src/plan/deny-list.js';
import { summarizePlan } from '../../src/plan/plan-summary.js';
import { realPlan } from './real-plan.js';

const jwt = `eyJhbGciOiJIUzI1NiJ9.${Buffer.from('{"sub":"1234567"}').toString('base64url')}.c2lnbmF0dXJl`;
const pem = [
  '-----BEGIN RSA PRIVATE KEY-----',
  'MIIBOgIBAAJBAKj34GkxFhD90vcNLYLInFEX6Ppy1tPf',
  '-----END RSA PRIVATE KEY-----',
].join('\n');
const canaries = {
  env: 'canary-of-an-env-entry',
  map: 'canary-of-a-map',
  line: 'canary-of-a-line',
  address: 'canary-of-an-address',
  short: 'sh0rt',
};
const input = {
  container: {
    env: [
      { name: 'API_TOKEN', value: canaries.env },
      { name: 'PIN_SECRET', value: canaries.short },
      { name: 'MODE', value: 'live' },
    ],
  },
  data: { DB_PASSWORD: canaries.map, TOKEN_TTL: '3600' },
  values: `replicas: 2\nenv:\n  SIGNING_KEY: "${canaries.line}"\n`,
  url: `postgres://app:${canaries.address}@db/app`,
  again: `Bearer ${canaries.env}`,
  pem,
  jwt,
  id: 'AKIAIOSFODNN7EXAMPLE',
};

describe('what nobody marked', () => {
  test('is in no part of a real plan, by its name or its form, also where it reappears', () => {
    const { json, text } = realPlan({ resource: { terraform_data: { a: { input } } } });
    const digest = summarizePlan(json);
    for (const told of [JSON.stringify(digest.changes), digest.maskText(text)])
      for (const secret of [
        canaries.env,
        canaries.map,
        canaries.line,
        canaries.address,
        'MIIBOg',
        jwt,
        input.id,
      ])
        expect(told.includes(secret) ? secret : '').toBe('');
    expect(JSON.stringify(digest.changes)).not.toContain(canaries.short);
    expect(JSON.stringify(digest.changes)).toContain('live');
    expect(JSON.stringify(digest.changes)).toContain('3600');
  });

  test.each([
    ['API_TOKEN', true],
    ['DATABASE_PASSWORD', true],
    ['AWS_SECRET_ACCESS_KEY', true],
    ['TOKEN_TTL', false],
    ['SECRET_NAME', false],
    ['password_length', false],
    ['LOG_LEVEL', false],
    ['AUTHOR', false],
  ])('%s is a secret: %s', (name, secret) => {
    expect(looksSecret(name)).toBe(secret);
  });

  test.each([
    ['Server=db;User Id=app;Password=hunter2-hunter2;', 'Server=db;User Id=app;Password=***;'],
    ['host=db user=app password=hunter2-hunter2 dbname=app', 'host=db user=app password=*** dbname=app'],
    ['redis://:hunter2@cache:6379', 'redis://:***@cache:6379'],
    [
      'a=1 aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
      'a=1 aws_secret_access_key = ***',
    ],
  ])('%s', (text, shown) => {
    expect(maskForms(text)).toBe(shown);
  });

  test.each(['password=$DATABASE_PASSWORD', 'password = (sensitive value)', 'reset-password=short'])(
    '%s holds no secret',
    (text) => {
      expect(maskForms(text)).toBe(text);
    },
  );

  test('an address without a password, and long texts, are left as they are, quickly', () => {
    const text = `https://example.com/a@b and ${'eyJ'.repeat(20_000)}${'://'.repeat(20_000)}@`;
    const started = performance.now();
    expect(maskForms(text)).toBe(text);
    expect(performance.now() - started).toBeLessThan(1500);
  });
});
