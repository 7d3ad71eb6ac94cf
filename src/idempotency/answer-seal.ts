import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/**
 * A stored answer may hold a secret (a new token's text), so it is sealed with a key made from the caller's own token, which the
 * database does not know: AES-256-GCM, key by HKDF-SHA-256 (RFC 5869) salted with the idempotency key.
 */
export function sealAnswer(answer: string, tokenText: string, salt: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', sealKey(tokenText, salt), nonce);
  const sealed = Buffer.concat([cipher.update(answer, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64');
}

/** The answer as it was sealed; throws when token or key differ. */
export function openAnswer(sealed: string, tokenText: string, salt: string): string {
  const bytes = Buffer.from(sealed, 'base64');
  const decipher = createDecipheriv('aes-256-gcm', sealKey(tokenText, salt), bytes.subarray(0, 12));
  decipher.setAuthTag(bytes.subarray(12, 28));
  return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8');
}

function sealKey(tokenText: string, salt: string): Buffer {
  return Buffer.from(hkdfSync('sha256', tokenText, salt, 'terrace idempotent answer', 32));
}
