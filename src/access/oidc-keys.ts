import { createLocalJWKSet, errors, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';
import { appError } from '../errors/app-error.js';
import type { Outbound } from '../http/outbound.js';
import type { Clock } from '../lib/clock.js';

export interface IssuerKeysProps {
  readonly issuer: string;
  readonly clock: Clock;
  readonly outbound: Outbound;
  /** How long to rest between two fetches that an unknown key or a fault asks for. @default 30 s */
  readonly cooldownMs?: number;
}

type KeySet = ReturnType<typeof createLocalJWKSet>;

const freshMs = 10 * 60_000;
/** Keys are used this long when the issuer does not answer any more. */
const staleMs = 60 * 60_000;
const timeoutMs = 5000;
const limitBytes = 1_048_576;

const discovery = z.object({ issuer: z.string(), jwks_uri: z.url() });
const keySet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) });

/**
 * The signing keys of an issuer, found by OpenID Connect Discovery 1.0 and renewed every 10 minutes; a key that is not among them
 * asks for new ones at most once per cool-down, so that rotation works and garbage costs the issuer nothing. One fetch at a
 * time. Throws `identity_provider_unreachable`, or jose's `JWKSNoMatchingKey`.
 */
export function createIssuerKeys(props: IssuerKeysProps): JWTVerifyGetKey {
  const { issuer, clock, outbound, cooldownMs = 30_000 } = props;
  let keys: KeySet | undefined;
  let loadedMs = 0;
  let triedMs = Number.NEGATIVE_INFINITY;
  let lastFault: unknown;
  let loading: Promise<void> | undefined;
  const load = () =>
    (loading ??= fetchKeys(outbound, issuer)
      .then((fetched) => {
        keys = fetched;
        loadedMs = clock.now().getTime();
        lastFault = undefined;
      })
      .catch((fault: unknown) => {
        lastFault = fault;
      })
      .finally(() => {
        triedMs = clock.now().getTime();
        loading = undefined;
      }));
  const mayTry = () => clock.now().getTime() - triedMs >= cooldownMs;
  const current = async (): Promise<KeySet> => {
    const ageMs = () => clock.now().getTime() - loadedMs;
    if ((keys === undefined || ageMs() >= freshMs) && (loading !== undefined || mayTry())) await load();
    if (keys !== undefined && ageMs() < staleMs) return keys;
    throw appError('identity_provider_unreachable', `the identity provider ${issuer} does not answer`, {
      detail: String(lastFault),
      cause: lastFault,
    });
  };
  return async (header, token) => {
    try {
      return await (
        await current()
      )(header, token);
    } catch (fault) {
      if (!(fault instanceof errors.JWKSNoMatchingKey) || !mayTry()) throw fault;
      await load();
      return (await current())(header, token);
    }
  };
}

async function fetchKeys(outbound: Outbound, issuer: string): Promise<KeySet> {
  const fetchJson = async (url: string): Promise<unknown> => {
    const { status, body } = await outbound({
      url,
      headers: { accept: 'application/json' },
      timeoutMs,
      limitBytes,
    });
    if (status !== 200) throw new Error(`${status} from ${url}`);
    return JSON.parse(body.toString('utf8'));
  };
  const found = discovery.parse(
    await fetchJson(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`),
  );
  if (found.issuer !== issuer) throw new Error(`the discovery document is of ${found.issuer}, not ${issuer}`);
  const keysUrl = new URL(found.jwks_uri);
  if (keysUrl.protocol !== 'https:' && new URL(issuer).protocol === 'https:')
    throw new Error(`jwks_uri ${found.jwks_uri} is not https`);
  return createLocalJWKSet(keySet.parse(await fetchJson(keysUrl.href)));
}
