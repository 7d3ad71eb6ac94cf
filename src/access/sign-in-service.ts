import type { Db } from '../db/db.js';
import { appError } from '../errors/app-error.js';
import { systemClock, type Clock } from '../lib/clock.js';
import type { Principal } from '../token/principal.js';
import type { TokenService } from '../token/token-service.js';
import { readGranted } from './grant-store.js';
import { principalOf, type Identity } from './membership-rules.js';
import { isJwt, type Oidc } from './oidc.js';

export interface SignedIn {
  readonly principal: Principal;
  /** A secret of the caller that stays the same from request to request; stored answers are sealed with it. */
  readonly sealText: string;
}

/** Who sends a request: a token of Terrace, or a JWT of the identity provider. Asked anew for every request. */
export interface SignIn {
  /**
   * `tenantId` = the tenant that the caller wants to act in. Throws `unauthenticated` with the reason, `forbidden` for somebody
   * without a role, `not_found` for a tenant it has no role in, `invalid_request` when it has to choose one.
   */
  authenticate(text: string, tenantId: string | undefined): Promise<SignedIn>;
}

export interface SignInProps {
  readonly db: Db;
  readonly tokens: TokenService;
  /** Undefined = people cannot sign in here. */
  readonly oidc: Oidc | undefined;
  /** Makes a secret of the server for that purpose; the database cannot. */
  derive(purpose: string): Buffer;
  readonly clock?: Clock;
}

export function createSignIn(props: SignInProps): SignIn {
  return {
    authenticate: (text, tenantId) =>
      props.oidc !== undefined && isJwt(text)
        ? byJwt(props, props.oidc, { text, tenantId })
        : byToken(props, { text, tenantId }),
  };
}

interface Attempt {
  readonly text: string;
  readonly tenantId: string | undefined;
}

async function byToken(
  { db, tokens, clock = systemClock }: SignInProps,
  attempt: Attempt,
): Promise<SignedIn> {
  const { text, tenantId } = attempt;
  const found = await tokens.authenticate(text);
  if ('refused' in found) throw appError('unauthenticated', refusal(found));
  const { tokenId: id, name, tenantId: bound, role, rights } = found.principal;
  const identity: Identity = { id, name, memberships: [{ tenantId: bound, role, rights }] };
  const wants = tenantId !== undefined && bound === null ? [tenantId] : [];
  const exists =
    wants.length > 0 &&
    (await readGranted(db, { issuer: '', subject: '', now: clock.now(), tenants: wants })).existing.size > 0;
  return { principal: principalOf(identity, { tenantId, exists }), sealText: text };
}

async function byJwt(props: SignInProps, oidc: Oidc, { text, tenantId }: Attempt): Promise<SignedIn> {
  const { db, derive, clock = systemClock } = props;
  const person = await oidc.verify(text);
  const named = [tenantId, ...person.claimed.map((one) => one.tenantId)];
  const { granted, existing } = await readGranted(db, {
    issuer: person.issuer,
    subject: person.subject,
    now: clock.now(),
    tenants: named.filter((one) => typeof one === 'string'),
  });
  const claimed = person.claimed.filter((one) => one.tenantId === null || existing.has(one.tenantId));
  const identity = { id: person.personId, name: person.name, memberships: [...claimed, ...granted] };
  if (identity.memberships.length === 0)
    throw appError(
      'forbidden',
      `${person.name} has no role here: ask an admin for a grant to the subject ${person.subject}`,
    );
  const asked = { tenantId, exists: tenantId !== undefined && existing.has(tenantId) };
  return {
    principal: principalOf(identity, asked),
    sealText: derive(`idempotent answers of ${person.personId}`).toString('hex'),
  };
}

type Refused = Exclude<Awaited<ReturnType<TokenService['authenticate']>>, { principal: Principal }>;

function refusal(found: Refused): string {
  if (found.refused === 'expired')
    return `the token expired at ${found.expiredAt.toISOString()}: ask for a new one`;
  return found.refused === 'garbled'
    ? 'the token is garbled: a token is trc_ and 43 letters, digits, - or _'
    : 'the token is unknown or revoked: ask for a new one';
}
