/**
 * AWS Signature Version 4 (https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html): what a request's
 * signature must be. Pure, but for the hash.
 */
import { createHash, createHmac } from 'node:crypto';

export interface SignedCall {
  readonly method: string;
  /** As it stands in the request line, without the query. */
  readonly path: string;
  /** Names and values, decoded; without `X-Amz-Signature`. */
  readonly query: readonly (readonly [string, string])[];
  /** The signed ones, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** SHA-256 of the body in hex, or `UNSIGNED-PAYLOAD`. */
  readonly payloadHash: string;
  /** `20261130T120000Z`. */
  readonly time: string;
  readonly region: string;
  readonly service: string;
}

/** The signature in hex. */
export function signatureOf(call: SignedCall, secretAccessKey: string): string {
  const scope = scopeOf(call);
  const text = ['AWS4-HMAC-SHA256', call.time, scope, sha256(canonicalRequest(call))].join('\n');
  const key = scope
    .split('/')
    .reduce<Buffer | string>((last, part) => hmac(last, part), `AWS4${secretAccessKey}`);
  return hmac(key, text).toString('hex');
}

/** `20261130/eu-central-1/sts/aws4_request`. */
export function scopeOf({ time, region, service }: Pick<SignedCall, 'time' | 'region' | 'service'>): string {
  return `${time.slice(0, 8)}/${region}/${service}/aws4_request`;
}

/** Percent-encoding of RFC 3986, as AWS asks for. */
export function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

export function queryText(query: SignedCall['query']): string {
  return query
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&');
}

function canonicalRequest({ method, path, query, headers, payloadHash, service }: SignedCall): string {
  const names = Object.keys(headers).sort();
  const lines = names.map((name) => `${name}:${headers[name]!.trim().replace(/ +/g, ' ')}\n`);
  // S3 alone does not encode the path a second time.
  const place = service === 's3' ? path : path.split('/').map(encode).join('/');
  return [method, place, queryText(query), lines.join(''), names.join(';'), payloadHash].join('\n');
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
