/** Finds out who signed a request, as AWS does: by recomputing its signature. */
import type { IncomingHttpHeaders } from 'node:http';
import { sha256 } from '../../../src/lib/hash.js';
import { signatureOf, type SignedCall } from '../../../src/credentials/sigv4.js';
import { Refusal, type Identity, type World } from './world.js';

export interface Received {
  readonly method: string;
  /** As it stands in the request line. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Signer {
  readonly identity: Identity;
  readonly service: string;
  readonly region: string;
}

interface Claim {
  readonly accessKeyId: string;
  readonly scope: readonly string[];
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly time: string;
  readonly token: string | undefined;
  readonly payloadHash: string;
  readonly presignedSeconds: number | undefined;
}

const usualSkewMs = 15 * 60_000;

/** Throws what AWS answers to a request that is unsigned, badly signed, too old, or signed by keys that have ended. */
export function signerOf(world: World, received: Received): Signer {
  const [path = '/', search = ''] = received.url.split('?');
  const query = [...new URLSearchParams(search)];
  const claim = claimOf(received, new Map(query));
  const identity = world.identities.get(claim.accessKeyId);
  if (identity === undefined)
    throw new Refusal('InvalidClientTokenId', 'The security token included in the request is invalid.', 403);
  const { keys } = identity;
  if (keys.sessionToken !== claim.token)
    throw new Refusal('InvalidClientTokenId', 'The security token included in the request is invalid.', 403);
  const [, region = '', service = ''] = claim.scope;
  const call: SignedCall = {
    method: received.method,
    path,
    query: query.filter(([name]) => name !== 'X-Amz-Signature'),
    headers: Object.fromEntries(
      claim.signedHeaders.map((name) => [name, String(received.headers[name] ?? '')]),
    ),
    payloadHash: claim.payloadHash,
    time: claim.time,
    region,
    service,
  };
  if (signatureOf(call, keys.secretAccessKey) !== claim.signature)
    throw new Refusal('SignatureDoesNotMatch', 'The request signature we calculated does not match.', 403);
  const now = world.now().getTime();
  const signedAt = Date.parse(claim.time.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  const lasts = claim.presignedSeconds === undefined ? usualSkewMs : claim.presignedSeconds * 1000;
  if (now > signedAt + lasts || now < signedAt - usualSkewMs)
    throw new Refusal('SignatureDoesNotMatch', 'Signature expired.', 403);
  if (keys.expiration !== undefined && keys.expiration.getTime() <= now)
    throw new Refusal('ExpiredToken', 'The security token included in the request is expired', 403);
  return { identity, region, service };
}

function claimOf({ headers, body }: Received, query: ReadonlyMap<string, string>): Claim {
  const header = /^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=(\w+)$/.exec(
    headers.authorization ?? '',
  );
  const [credential, signed, signature] = header
    ? header.slice(1)
    : [query.get('X-Amz-Credential'), query.get('X-Amz-SignedHeaders'), query.get('X-Amz-Signature')];
  if (credential === undefined || signed === undefined || signature === undefined)
    throw new Refusal('MissingAuthenticationToken', 'Request is missing Authentication Token', 403);
  const [accessKeyId = '', ...scope] = credential.split('/');
  const presigned = header === null;
  const given = headers['x-amz-content-sha256'];
  return {
    accessKeyId,
    scope,
    signedHeaders: signed.split(';'),
    signature,
    time: String((presigned ? query.get('X-Amz-Date') : headers['x-amz-date']) ?? ''),
    token: presigned
      ? query.get('X-Amz-Security-Token')
      : (headers['x-amz-security-token'] as string | undefined),
    payloadHash: typeof given === 'string' && given.includes('-') ? given : sha256(body),
    presignedSeconds: presigned ? Number(query.get('X-Amz-Expires')) : undefined,
  };
}
