import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { SignJWT } from 'jose';
import { algorithms, createOidc } from '../../src/access/oidc.js';
import { audience, outbound, startOidcIssuer, type OidcIssuer } from '../support/oidc-issuer.js';

let issuer: OidcIssuer;
beforeAll(async () => {
  issuer = await startOidcIssuer();
});
afterAll(() => issuer.close());

const clock = { offsetMs: 0, now: () => new Date(Date.now() + clock.offsetMs) };
beforeEach(() => {
  clock.offsetMs = 0;
});
const oidc = (of = issuer) =>
  createOidc({ issuer: of.url, audience, roleClaim: 'role', tenantClaim: 'tenant', outbound, clock });
const now = () => Math.floor(Date.now() / 1000);
const refused = (jwt: string, message: string | RegExp) =>
  expect(oidc().verify(jwt)).rejects.toMatchObject({
    code: 'unauthenticated',
    message: typeof message === 'string' ? message : expect.stringMatching(message),
  });

describe('a JWT', () => {
  test('tells who it is; an address counts when the provider has verified it', async () => {
    const verified = await oidc().verify(
      await issuer.sign({ sub: 's', email: 'a@b.c', email_verified: true }),
    );
    expect(verified).toMatchObject({ subject: 's', name: 'a@b.c', claimed: [] });
    expect((await oidc().verify(await issuer.sign({ sub: 's', email: 'a@b.c' }))).name).toBe('s');
  });

  test('is refused with the reason when a claim is wrong', async () => {
    const iso = (seconds: number) => new Date(seconds * 1000).toISOString();
    const past = now() - 62;
    const future = now() + 70;
    await refused(await issuer.sign({ exp: past }), `the token expired at ${iso(past)}: sign in again`);
    await refused(await issuer.sign({ nbf: future }), `the token is not valid before ${iso(future)}`);
    await refused(
      await issuer.sign({ iss: 'https://evil.example' }),
      `the token was issued by https://evil.example, not by ${issuer.url}`,
    );
    await refused(
      await issuer.sign({ aud: ['a', 'b'] }),
      `the token is for the audience ["a","b"], not for ${audience}`,
    );
    for (const claim of ['exp', 'sub', 'aud', 'iss'])
      await refused(await issuer.sign({ [claim]: undefined }), `the token lacks the claim ${claim}`);
    await refused(
      await issuer.sign({ sub: 'ä' }),
      'the token is refused: its sub is not 1 to 255 ASCII characters',
    );
  });

  test('may be a minute early or late, as clocks differ', async () => {
    await oidc().verify(await issuer.sign({ exp: now() - 50 }));
    await oidc().verify(await issuer.sign({ nbf: now() + 50 }));
  });

  test('is refused when it is signed by another algorithm, key or not at all', async () => {
    const list = algorithms.join(', ');
    const shared = await new SignJWT({ iss: issuer.url, aud: audience, sub: 's', exp: now() + 60 })
      .setProtectedHeader({ alg: 'HS256', kid: 'key-0' })
      .sign(new TextEncoder().encode('a shared secret of thirty-two bytes'));
    await refused(shared, `the token is signed by HS256: use one of ${list}`);
    const [, payload = ''] = shared.split('.');
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    await refused(`${none}.${payload}.`, `the token is signed by none: use one of ${list}`);
    const other = await startOidcIssuer();
    try {
      const forged = await other.sign({ iss: issuer.url });
      await refused(forged, 'the signature of the token is wrong');
    } finally {
      await other.close();
    }
    const [head, , signature] = (await issuer.sign({})).split('.');
    await refused(`${head}.${payload}.${signature}`, 'the signature of the token is wrong');
    await refused('a.b.c', 'the token is not a well-formed signed JWT');
    await refused(
      await issuer.sign({}, { kid: 'key-x\n' }),
      `the key key-x? that signed the token is not one of ${issuer.url}`,
    );
  });
});

describe('the keys of the issuer', () => {
  let own: OidcIssuer;
  beforeEach(async () => {
    own = await startOidcIssuer();
  });
  afterEach(() => own.close());

  test('are fetched once, again for an unknown key after the cool-down, and then the new key counts', async () => {
    const verifier = oidc(own);
    const old = await own.sign({});
    await Promise.all([1, 2, 3].map(() => verifier.verify(old)));
    expect(own.fetches()).toBe(1);
    await own.rotate();
    const fresh = await own.sign({});
    for (let i = 0; i < 5; i++)
      await expect(verifier.verify(fresh)).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(own.fetches()).toBe(1);
    clock.offsetMs = 31_000;
    await verifier.verify(fresh);
    expect(own.fetches()).toBe(2);
    await expect(verifier.verify(old)).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  test('are renewed after ten minutes; a withdrawn one counts no longer', async () => {
    const verifier = oidc(own);
    const old = await own.sign({ exp: now() + 7200 });
    await verifier.verify(old);
    await own.rotate({ alg: 'EdDSA' });
    clock.offsetMs = 9 * 60_000;
    await verifier.verify(old);
    clock.offsetMs = 10 * 60_000 + 1;
    await expect(verifier.verify(old)).rejects.toThrow(/is not one of/);
  });

  test('serve for an hour while the issuer is away; then it is told, and asked at most once per cool-down', async () => {
    const verifier = oidc(own);
    const jwt = await own.sign({ exp: now() + 9000 });
    await verifier.verify(jwt);
    own.fail(true);
    clock.offsetMs = 59 * 60_000;
    await verifier.verify(jwt);
    clock.offsetMs = 61 * 60_000;
    const away = {
      code: 'identity_provider_unreachable',
      message: `the identity provider ${own.url} does not answer`,
    };
    await expect(verifier.verify(jwt)).rejects.toMatchObject(away);
    own.fail(false);
    await expect(verifier.verify(jwt)).rejects.toMatchObject(away);
    clock.offsetMs = 62 * 60_000;
    await verifier.verify(jwt);
  });
});
