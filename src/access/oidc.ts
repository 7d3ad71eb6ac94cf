import { decodeProtectedHeader, errors, jwtVerify, type JWTPayload } from 'jose';
import { AppError, appError } from '../errors/app-error.js';
import type { Outbound } from '../http/outbound.js';
import { sha256 } from '../lib/hash.js';
import { systemClock, type Clock } from '../lib/clock.js';
import type { Membership } from './membership-rules.js';
import { createIssuerKeys } from './oidc-keys.js';
import { roles, type Role } from './rights.js';

export interface OidcProps {
  readonly issuer: string;
  readonly audience: string;
  /** The claim that names roles: a text or a list of texts. */
  readonly roleClaim: string;
  /** The claim that names tenants for those roles: ids, or `*` for every tenant. */
  readonly tenantClaim: string;
  /** Fetches the keys. */
  readonly outbound: Outbound;
  readonly clock?: Clock;
  readonly cooldownMs?: number;
}

/** A person, or a program with an account at the identity provider, as a verified token tells of it. */
export interface Person {
  /** `usr_` and 26 hex digits made of issuer and subject. */
  readonly personId: string;
  readonly issuer: string;
  readonly subject: string;
  /** The verified e-mail address, else the subject. */
  readonly name: string;
  /** Roles that the token itself claims; grants come on top. */
  readonly claimed: readonly Membership[];
}

export interface Oidc {
  readonly issuer: string;
  /** Throws `unauthenticated` with the reason, or `identity_provider_unreachable`. */
  verify(jwt: string): Promise<Person>;
}

/** Asymmetric only: with a shared secret whoever verifies could also sign. */
export const algorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
];
const clockToleranceSeconds = 60;
const mostMemberships = 100;

/** Whether a bearer token has the form of a JWT (RFC 7519, compact and signed). */
export function isJwt(text: string): boolean {
  return /^[\w-]+\.[\w-]+\.[\w-]*$/.test(text);
}

/** Verifies JWTs of one issuer for one audience by its published keys: RFC 7519, RFC 8725. */
export function createOidc(props: OidcProps): Oidc {
  const { issuer, audience, outbound, clock = systemClock, cooldownMs } = props;
  const keys = createIssuerKeys({
    issuer,
    clock,
    outbound,
    ...(cooldownMs === undefined ? {} : { cooldownMs }),
  });
  return {
    issuer,
    verify: async (jwt) => {
      try {
        const { payload } = await jwtVerify(jwt, keys, {
          issuer,
          audience,
          algorithms,
          clockTolerance: clockToleranceSeconds,
          currentDate: clock.now(),
          requiredClaims: ['sub', 'exp'],
        });
        return personOf(payload, props);
      } catch (fault) {
        if (fault instanceof AppError) throw fault;
        throw appError('unauthenticated', reason(fault, jwt, props), { cause: fault });
      }
    },
  };
}

function personOf(payload: JWTPayload, props: OidcProps): Person {
  const { sub: subject, email } = payload;
  if (typeof subject !== 'string' || !/^[\x20-\x7e]{1,255}$/.test(subject))
    throw appError('unauthenticated', 'the token is refused: its sub is not 1 to 255 ASCII characters');
  const { issuer } = props;
  const verified = payload['email_verified'] === true && typeof email === 'string';
  return {
    personId: `usr_${sha256(JSON.stringify([issuer, subject])).slice(0, 26)}`,
    issuer,
    subject,
    name: verified && /^[\x21-\x7e]{3,255}$/.test(email) ? email : subject,
    claimed: claimedBy(payload, props),
  };
}

function claimedBy(payload: JWTPayload, { roleClaim, tenantClaim }: OidcProps): Membership[] {
  const named = texts(payload[roleClaim]).filter((text): text is Role => roles.some((role) => role === text));
  const tenants = texts(payload[tenantClaim]).map((text) => (text === '*' ? null : text));
  return tenants.flatMap((tenantId) => named.map((role) => ({ tenantId, role }))).slice(0, mostMemberships);
}

function texts(claim: unknown): string[] {
  const all: unknown[] = Array.isArray(claim) ? claim : [claim];
  return all.filter((one) => typeof one === 'string');
}

/** Why a token is refused, in words for its holder. The texts of the token are cut: nobody has vouched for them. */
function reason(fault: unknown, jwt: string, { issuer, audience }: OidcProps): string {
  if (fault instanceof errors.JWTExpired)
    return `the token expired at ${time(fault.payload.exp)}: sign in again`;
  if (fault instanceof errors.JWTClaimValidationFailed) {
    const { claim, payload } = fault;
    if (fault.reason === 'missing') return `the token lacks the claim ${claim}`;
    if (fault.reason === 'invalid') return `the claim ${claim} of the token is not a number`;
    if (claim === 'iss') return `the token was issued by ${cut(payload.iss)}, not by ${issuer}`;
    if (claim === 'aud') return `the token is for the audience ${cut(payload.aud)}, not for ${audience}`;
    if (claim === 'nbf') return `the token is not valid before ${time(payload.nbf)}`;
  }
  if (fault instanceof errors.JOSEAlgNotAllowed)
    return `the token is signed by ${cut(headerOf(jwt).alg)}: use one of ${algorithms.join(', ')}`;
  if (fault instanceof errors.JWKSNoMatchingKey)
    return `the key ${cut(headerOf(jwt).kid)} that signed the token is not one of ${issuer}`;
  if (fault instanceof errors.JWKSMultipleMatchingKeys)
    return `the token does not say which key of ${issuer} signed it: it lacks a kid`;
  if (fault instanceof errors.JWSSignatureVerificationFailed) return 'the signature of the token is wrong';
  return 'the token is not a well-formed signed JWT';
}

function headerOf(jwt: string): { alg?: unknown; kid?: unknown } {
  try {
    return decodeProtectedHeader(jwt);
  } catch {
    return {};
  }
}

function time(seconds: unknown): string {
  const date = new Date(Number(seconds) * 1000);
  return Number.isNaN(date.getTime()) ? 'an unknown time' : date.toISOString();
}

function cut(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'none');
  return text.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 200);
}
