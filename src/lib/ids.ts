import { randomBytes } from 'node:crypto';

/** The kinds of ids, each with its prefix: an id says what it names. */
export const idPrefix = {
  environment: 'env',
  run: 'run',
  tenant: 'ten',
  account: 'acc',
  plan: 'plan',
  event: 'evt',
  token: 'tok',
  grant: 'gr',
  stateVersion: 'sv',
  leftState: 'left',
  review: 'rev',
  reviewRule: 'rule',
  policy: 'pol',
  comment: 'com',
  request: 'req',
  auditIntent: 'aud',
  healthCheck: 'hck',
  receipt: 'rcp',
  webhook: 'wh',
  delivery: 'dlv',
  backup: 'bak',
} as const;

export type IdKind = keyof typeof idPrefix;

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

/** A new id such as `env_06f3k2...`: 48 bits of time in milliseconds, then 80 random bits, Crockford base 32, so ids sort by age. */
export function newId(kind: IdKind, nowMs: number = Date.now()): string {
  const bytes = Buffer.alloc(16);
  bytes.writeUIntBE(nowMs, 0, 6);
  randomBytes(10).copy(bytes, 6);
  let bits = BigInt(`0x${bytes.toString('hex')}`);
  let text = '';
  for (let i = 0; i < 26; i++) {
    text = alphabet[Number(bits & 31n)] + text;
    bits >>= 5n;
  }
  return `${idPrefix[kind]}_${text}`;
}
