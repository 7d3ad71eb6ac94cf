/** People of an identity provider, at the API as it is started for production. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { apiOf, type Api } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { audience, startOidcIssuer, type OidcIssuer } from '../support/oidc-issuer.js';
import { makeHome, removeHome, startTerrace, type Env, type Terrace } from '../support/terrace.js';

let issuer: OidcIssuer;
let database: TestDatabase;
let home: string;
let settings: Env;
let terrace: Terrace;
beforeAll(async () => {
  [issuer, database, home] = await Promise.all([startOidcIssuer(), createTestDatabase('empty'), makeHome()]);
  settings = {
    DATABASE_URL: database.url,
    STATE_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    OIDC_ISSUER: issuer.url,
    OIDC_AUDIENCE: audience,
    OIDC_ROLE_CLAIM: 'groups_role',
    OIDC_TENANT_CLAIM: 'groups_tenant',
    OUTBOUND_ALLOWED_RANGES: '127.0.0.0/8',
  };
  terrace = await startTerrace(home, settings, 'api');
});
afterAll(async () => {
  expect(await terrace.stop()).toBe(0);
  await issuer.close();
  await database.drop();
  await removeHome(home);
});

const as = async (at: Terrace, claims: Record<string, unknown>): Promise<Api> =>
  apiOf({ url: at.url, token: await issuer.sign(claims) });

test('a JWT is checked by the settings of the process: issuer, audience and the names of the claims', async () => {
  const admin = apiOf(terrace);
  const { tenant_id: tenantId } = (
    await admin.call('POST', '/api/v1/tenants', { name: 'Globex', slug: 'globex' })
  ).body;
  const person = await as(terrace, { sub: 'kim', groups_role: 'viewer', groups_tenant: tenantId });
  expect(await person.call('GET', '/api/v1/me')).toMatchObject({
    status: 200,
    body: { name: 'kim', role: 'viewer', tenant_id: tenantId },
  });
  const unnamed = await as(terrace, { sub: 'kim', terrace_role: 'admin' });
  expect(await unnamed.call('GET', '/api/v1/me')).toMatchObject({
    status: 403,
    body: { detail: 'kim has no role here: ask an admin for a grant to the subject kim' },
  });
  await admin.call('POST', '/api/v1/grants', { subject: 'kim', role: 'approver', tenant_id: tenantId });
  expect((await unnamed.get('/api/v1/me')).role).toBe('approver');
  const other = await as(terrace, { sub: 'kim', aud: 'something-else' });
  expect(await other.call('GET', '/api/v1/me')).toMatchObject({
    status: 401,
    body: {
      code: 'unauthenticated',
      detail: `the token is for the audience something-else, not for ${audience}`,
    },
  });
});

test('an identity provider in a private network is asked only where a setting allows it', async () => {
  const { OUTBOUND_ALLOWED_RANGES: _allowed, ...strict } = settings;
  const other = await makeHome();
  const walled = await startTerrace(other, strict, 'api');
  try {
    const person = await as(walled, { sub: 'kim', groups_role: 'viewer' });
    expect(await person.call('GET', '/api/v1/me')).toMatchObject({
      status: 503,
      body: { code: 'identity_provider_unreachable' },
    });
    expect((await apiOf({ ...walled, token: terrace.token }).call('GET', '/api/v1/me')).status).toBe(200);
  } finally {
    await walled.stop();
    await removeHome(other);
  }
});
