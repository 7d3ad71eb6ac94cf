import { createServer, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK, type JWTPayload } from 'jose';
import { createOutbound } from '../../src/http/outbound.js';

/** May call what listens on this machine. */
export const outbound = createOutbound({ allowedRanges: ['127.0.0.0/8', '::1'] });

interface SigningKey {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: CryptoKey;
  readonly published: JWK;
}

/** An identity provider on loopback with real keys: discovery, a key set, and tokens as they are asked for. */
export interface OidcIssuer {
  readonly url: string;
  /** How often the keys were fetched. */
  readonly fetches: () => number;
  /** Signs by the newest key; claims given as undefined are left out. */
  sign(
    claims: JWTPayload,
    props?: { readonly kid?: string | undefined; readonly alg?: string },
  ): Promise<string>;
  /** A new key; the former one is published no longer unless it is `kept`. */
  rotate(props?: { readonly kept?: boolean; readonly alg?: string }): Promise<void>;
  /** Answers 500 from now on, or works again. */
  fail(failing: boolean): void;
  close(): Promise<void>;
}

export const audience = 'terrace-test';

export async function startOidcIssuer(): Promise<OidcIssuer> {
  let fetches = 0;
  let failing = false;
  let made = 0;
  let keys: SigningKey[] = [await newKey('key-0', 'RS256')];
  const server = createServer((req, res) => {
    const found = failing ? undefined : answer(req);
    res.writeHead(found === undefined ? 500 : 200, { 'content-type': 'application/json' });
    res.end(JSON.stringify(found ?? {}));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const answer = ({ url: path }: IncomingMessage): unknown => {
    if (path === '/.well-known/openid-configuration') return { issuer: url, jwks_uri: `${url}/keys` };
    fetches += 1;
    return { keys: keys.map(({ published }) => published) };
  };
  return {
    url,
    fetches: () => fetches,
    sign: (claims, props = {}) => {
      const key = keys.at(-1)!;
      const now = Math.floor(Date.now() / 1000);
      const all = { iss: url, aud: audience, sub: 'someone', iat: now, exp: now + 300, ...claims };
      const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
      const { kid = key.kid, alg = key.alg } = props;
      return new SignJWT(given).setProtectedHeader({ alg, kid, typ: 'JWT' }).sign(key.privateKey);
    },
    rotate: async ({ kept = false, alg = 'ES256' } = {}) => {
      made += 1;
      keys = [...(kept ? keys : []), await newKey(`key-${made}`, alg)];
    },
    fail: (fails) => {
      failing = fails;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function newKey(kid: string, alg: string): Promise<SigningKey> {
  const { publicKey, privateKey } = await generateKeyPair(alg);
  return { kid, alg, privateKey, published: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
}
