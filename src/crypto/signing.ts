import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import type { Keyring } from './envelope.js';

/** A signature that anybody can check. */
export interface Signed {
  /** Ed25519 (RFC 8032), base64. */
  readonly signature: string;
  /** SubjectPublicKeyInfo in PEM (RFC 8410). */
  readonly publicKey: string;
}

/** PKCS#8 of an Ed25519 key, up to its 32 bytes (RFC 8410, section 7). */
const head = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Signs by the key that the ring derives for the purpose; another encryption key makes another one. */
export function signText(keyring: Keyring, purpose: string, text: string): Signed {
  const der = Buffer.concat([head, keyring.derive(purpose)]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(key).export({ format: 'pem', type: 'spki' }).toString();
  return { signature: sign(null, Buffer.from(text), key).toString('base64'), publicKey };
}

/** True when the text is what was signed. */
export function isSigned(text: string, { signature, publicKey }: Signed): boolean {
  return verify(null, Buffer.from(text), publicKey, Buffer.from(signature, 'base64'));
}
