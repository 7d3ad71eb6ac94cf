/**
 * AES-256-GCM (NIST SP 800-38D). A sealed value is
 * `version (1 byte) | key id (8) | nonce (12) | tag (16) | ciphertext`; the context is authenticated, not stored,
 * so that a value cannot be moved to another row.
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { appError } from '../errors/app-error.js';

export interface Keyring {
  /** 16 hex digits that name the current key. */
  readonly keyId: string;
  encrypt(plain: Buffer | string, context: string): Buffer;
  /** Throws `wrong_encryption_key` for an unknown key, another context or altered bytes. */
  decrypt(sealed: Buffer, context: string): Buffer;
}

const version = 1;
const idBytes = 8;
const nonceBytes = 12;
const tagBytes = 16;
const headBytes = 1 + idBytes + nonceBytes + tagBytes;

/** Seals with the current key; opens what any of the keys sealed. Keys are 32 bytes. */
export function createKeyring(keys: { readonly current: Buffer; readonly former?: readonly Buffer[] }): Keyring {
  const byId = new Map([keys.current, ...(keys.former ?? [])].map((key) => [idOf(key).toString('hex'), key]));
  const currentId = idOf(keys.current);
  return {
    keyId: currentId.toString('hex'),
    encrypt: (plain, context) => {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', keys.current, nonce).setAAD(Buffer.from(context));
      const body = Buffer.concat([cipher.update(plain), cipher.final()]);
      return Buffer.concat([Buffer.from([version]), currentId, nonce, cipher.getAuthTag(), body]);
    },
    decrypt: (sealed, context) => open(byId, sealed, context),
  };
}

function open(keys: ReadonlyMap<string, Buffer>, sealed: Buffer, context: string): Buffer {
  const keyId = sealed.subarray(1, 1 + idBytes).toString('hex');
  const key = keys.get(keyId);
  if (sealed[0] !== version || sealed.length < headBytes || key === undefined)
    throw appError('wrong_encryption_key', `the data was encrypted with key ${keyId}, which STATE_ENCRYPTION_KEY is not`);
  const nonce = sealed.subarray(1 + idBytes, 1 + idBytes + nonceBytes);
  const tag = sealed.subarray(1 + idBytes + nonceBytes, headBytes);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes });
  decipher.setAAD(Buffer.from(context)).setAuthTag(tag);
  try {
    return Buffer.concat([decipher.update(sealed.subarray(headBytes)), decipher.final()]);
  } catch (error) {
    throw appError('wrong_encryption_key', `data sealed by key ${keyId} was altered or moved`, { cause: error });
  }
}

function idOf(key: Buffer): Buffer {
  if (key.length !== 32) throw new Error(`an AES-256 key has 32 bytes, this one ${key.length}`);
  return createHash('sha256').update(key).digest().subarray(0, idBytes);
}
