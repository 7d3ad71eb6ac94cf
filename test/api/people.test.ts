import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createOidc } from '../../src/access/oidc.js';
import { apiOf, type Answer, type Api } from '../support/api.js';
import { audience, outbound, startOidcIssuer, type OidcIssuer } from '../support/oidc-issuer.js';
import { startApp, type AppUnderTest } from './app-under-test.js';

let issuer: OidcIssuer;
let app: AppUnderTest;
let other: string;
beforeAll(async () => {
  issuer = await startOidcIssuer();
  const claims = { roleClaim: 'terrace_role', tenantClaim: 'terrace_tenant' };
  app = await startApp({ oidc: createOidc({ issuer: issuer.url, audience, outbound, ...claims }) });
  other = (await app.admin.call('POST', '/api/v1/tenants', { name: 'Other', slug: 'other' })).body.tenant_id;
});
afterAll(async () => {
  await app.close();
  await issuer.close();
});

const personApi = async (claims: Record<string, unknown>): Promise<Api> =>
  apiOf({ url: app.url, token: await issuer.sign(claims) });
const grant = (body: Record<string, unknown>): Promise<Answer> =>
  app.admin.call('POST', '/api/v1/grants', body);
const asTenant = async (claims: Record<string, unknown>, tenantId: string, path: string): Promise<Answer> =>
  app.bare('GET', path, {
    authorization: `Bearer ${await issuer.sign(claims)}`,
    'terrace-tenant': tenantId,
  });

describe('a colleague', () => {
  test('without a role is told what to ask for, with one approves in that tenant alone, and loses it at once', async () => {
    const colleague = await personApi({ sub: 'colleague-1', email: 'c@example.com', email_verified: true });
    expect(await colleague.call('GET', '/api/v1/me')).toMatchObject({
      status: 403,
      body: {
        code: 'forbidden',
        detail: 'c@example.com has no role here: ask an admin for a grant to the subject colleague-1',
      },
    });
    const body = { subject: 'colleague-1', role: 'approver', tenant_id: app.tenantId, note: 'on call' };
    const made = await grant(body);
    expect(made).toMatchObject({ status: 201, body: { ...body, issuer: issuer.url, revoked_at: null } });
    expect(await colleague.get('/api/v1/me')).toEqual({
      caller_id: expect.stringMatching(/^usr_[0-9a-f]{26}$/),
      name: 'c@example.com',
      role: 'approver',
      rights: ['read', 'approve', 'comment', 'logs', 'plan'],
      tenant_id: app.tenantId,
    });
    const { items } = await colleague.get('/api/v1/tenants');
    expect(items.map((one: { tenant_id: string }) => one.tenant_id)).toEqual([app.tenantId]);
    expect((await colleague.call('POST', '/api/v1/runs/run_x/approve', { plan_id: 'p' })).body.detail).toBe(
      'no run run_x',
    );
    expect((await colleague.call('POST', '/api/v1/environments', {})).body.detail).toBe(
      'the role approver lacks the right run for POST /api/v1/environments',
    );
    expect((await grant(body)).body.detail).toBe(
      `colleague-1 is approver in tenant ${app.tenantId} already, by grant ${made.body.grant_id}`,
    );
    const revoked = await app.admin.call('DELETE', `/api/v1/grants/${made.body.grant_id}`);
    expect(revoked.body.revoked_at).not.toBeNull();
    expect((await colleague.call('GET', '/api/v1/me')).status).toBe(403);
    expect((await grant(body)).status).toBe(201);
  });

  test('with roles in several tenants names the one to act in', async () => {
    await grant({ subject: 'two', role: 'viewer', tenant_id: app.tenantId });
    await grant({ subject: 'two', role: 'operator', tenant_id: other });
    await grant({ subject: 'two', role: 'approver', tenant_id: other });
    const both = [app.tenantId, other].sort().join(', ');
    expect((await (await personApi({ sub: 'two' })).call('GET', '/api/v1/me')).body).toMatchObject({
      code: 'invalid_request',
      detail: `Terrace-Tenant: is required, as you have roles in several tenants: ${both}`,
    });
    const there = await asTenant({ sub: 'two' }, other, '/api/v1/me');
    expect(there.body).toMatchObject({
      role: 'approver',
      rights: ['read', 'run', 'approve', 'comment', 'logs', 'plan', 'outputs'],
      tenant_id: other,
    });
    expect((await asTenant({ sub: 'two' }, app.tenantId, '/api/v1/me')).body.rights).toEqual([
      'read',
      'logs',
      'plan',
    ]);
  });

  test('learns nothing of a tenant without a role there, not even whether it exists', async () => {
    await grant({ subject: 'one', role: 'viewer', tenant_id: app.tenantId });
    for (const tenantId of [other, 'ten_none'])
      expect(await asTenant({ sub: 'one' }, tenantId, '/api/v1/me')).toMatchObject({
        status: 404,
        body: { code: 'not_found', detail: `no tenant ${tenantId}` },
      });
  });

  test('has the roles that the token claims, in tenants that exist', async () => {
    const claims = { sub: 'claimed', terrace_role: ['staff', 'operator'], terrace_tenant: other };
    expect(await (await personApi(claims)).get('/api/v1/me')).toMatchObject({
      role: 'operator',
      tenant_id: other,
    });
    const everywhere = { sub: 'claimed', terrace_role: 'admin', terrace_tenant: '*' };
    expect((await (await personApi(everywhere)).get('/api/v1/me')).tenant_id).toBeNull();
    expect((await asTenant(everywhere, other, '/api/v1/me')).body.tenant_id).toBe(other);
    expect((await asTenant(everywhere, 'ten_none', '/api/v1/me')).status).toBe(404);
    for (const odd of [
      { terrace_role: 'admin' },
      { terrace_tenant: '*' },
      { terrace_role: 'boss', terrace_tenant: '*' },
      { terrace_role: 'admin', terrace_tenant: 'ten_none' },
    ])
      expect((await (await personApi({ sub: 'claimed', ...odd })).call('GET', '/api/v1/me')).status).toBe(
        403,
      );
  });

  test('gets the kept answer with a new token of the same identity, and in no other tenant', async () => {
    await grant({ subject: 'again', role: 'admin', tenant_id: app.tenantId });
    await grant({ subject: 'again', role: 'admin', tenant_id: other });
    const post = async (tenantId: string, iat: number) =>
      app.bare(
        'POST',
        '/api/v1/tokens',
        {
          authorization: `Bearer ${await issuer.sign({ sub: 'again', iat })}`,
          'terrace-tenant': tenantId,
          'content-type': 'application/json',
          'idempotency-key': 'k',
        },
        JSON.stringify({ name: 'x', role: 'viewer' }),
      );
    const first = await post(other, 1);
    expect(first.status).toBe(201);
    const second = await post(other, 2);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    expect(second.body).toEqual(first.body);
    const third = await post(app.tenantId, 3);
    expect(third).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
  });
});

describe('a grant', () => {
  test('is made and seen by an admin of its tenant, never with rights the giver lacks', async () => {
    const bound = await app.as('admin', other);
    const made = await bound.api.call('POST', '/api/v1/grants', { subject: 'mine', role: 'viewer' });
    expect(made.body.tenant_id).toBe(other);
    const foreign = { subject: 'mine', role: 'viewer', tenant_id: app.tenantId };
    expect((await bound.api.call('POST', '/api/v1/grants', foreign)).body.detail).toBe(
      `no tenant ${app.tenantId}`,
    );
    const theirs = await grant({ subject: 'theirs', role: 'viewer', tenant_id: app.tenantId });
    expect((await bound.api.call('DELETE', `/api/v1/grants/${theirs.body.grant_id}`)).status).toBe(404);
    const { items } = await bound.api.get('/api/v1/grants?subject=theirs');
    expect(items).toEqual([]);
    const { body } = await app.admin.call('POST', '/api/v1/tokens', {
      name: 'keys only',
      role: 'admin',
      rights: ['read', 'tokens'],
    });
    const keys = apiOf({ url: app.url, token: body.token });
    const refused = await keys.call('POST', '/api/v1/grants', { subject: 'me', role: 'operator' });
    expect(refused).toMatchObject({
      status: 403,
      body: { detail: 'you cannot give rights that you lack: run, comment, logs, plan, outputs' },
    });
  });

  test('ends when it expires', async () => {
    const made = await grant({ subject: 'brief', role: 'viewer', tenant_id: other, expires_in_hours: 1 });
    const brief = await personApi({ sub: 'brief' });
    expect((await brief.call('GET', '/api/v1/me')).status).toBe(200);
    await app.database.db.query(
      "update grants set expires_at = now() - interval '1 second' where grant_id = $1",
      [made.body.grant_id],
    );
    expect((await brief.call('GET', '/api/v1/me')).status).toBe(403);
    expect((await grant({ subject: 'brief', role: 'viewer', tenant_id: other })).status).toBe(201);
  });

  test('needs an identity provider', async () => {
    const without = await startApp();
    try {
      expect(
        await without.admin.call('POST', '/api/v1/grants', { subject: 'x', role: 'viewer' }),
      ).toMatchObject({
        status: 409,
        body: { detail: 'no identity provider is set: set OIDC_ISSUER and OIDC_AUDIENCE' },
      });
      const jwt = apiOf({ url: without.url, token: await issuer.sign({}) });
      expect((await jwt.call('GET', '/api/v1/me')).status).toBe(401);
    } finally {
      await without.close();
    }
  });
});
