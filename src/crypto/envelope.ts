import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { appError } from '../errors/app-error.js';

/*
 * What is sealed looks like this, so that keys can be changed and forms added without guessing:
 *   1 byte form (1) | 8 bytes key id | 12 bytes nonce | 16 bytes tag | ciphertext
 * The context (such as `state:env_x:7`) is authenticated with it: bytes moved to another row do not open there.
 */
const form = 1;
const keyIdBytes = 8;
const nonceBytes = 12;
const tagBytes = 16;
const headBytes = 1 + keyIdBytes + nonceBytes + tagBytes;

/** Seals and opens bytes with AES-256-GCM. */
export interface Keyring {
  /** Of the current key: 16 hex digits. */
  readonly keyId: string;
  encrypt(plain: Buffer | string, context: string): Buffer;
  /** Throws `wrong_encryption_key` when no key of the ring sealed the bytes, `internal` when they were altered or moved. */
  decrypt(sealed: Buffer, context: string): Buffer;
  /** A secret of 32 bytes for that purpose, made of the current key (RFC 5869); another key makes another one. */
  derive(purpose: string): Buffer;
}

export interface KeyringProps {
  /** 32 bytes; seals. */
  readonly current: Buffer;
  /** Open what they once sealed. */
  readonly former?: readonly Buffer[];
}

export function createKeyring({ current, former = [] }: KeyringProps): Keyring {
  const keys = new Map([...former, current].map((key) => [keyIdOf(key), key]));
  const keyId = keyIdOf(current);
  return {
    keyId,
    derive: (purpose) => Buffer.from(hkdfSync('sha256', current, '', purpose, 32)),
    encrypt: (plain, context) => {
      const head = Buffer.concat([Buffer.from([form]), Buffer.from(keyId, 'hex')]);
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', current, nonce).setAAD(additionalData(head, context));
      const body = [cipher.update(plain), cipher.final()];
      return Buffer.concat([head, nonce, cipher.getAuthTag(), ...body]);
    },
    decrypt: (sealed, context) => {
      if (sealed.length < headBytes || sealed[0] !== form) throw damaged(context);
      const head = sealed.subarray(0, 1 + keyIdBytes);
      const key = keys.get(head.subarray(1).toString('hex'));
      if (key === undefined)
        throw appError('wrong_encryption_key', wrongKeyText, {
          detail: `${context} was sealed by key ${head.subarray(1).toString('hex')}, the ring holds ${[...keys.keys()].join(', ')}`,
        });
      const nonce = sealed.subarray(head.length, head.length + nonceBytes);
      const tag = sealed.subarray(headBytes - tagBytes, headBytes);
      const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes })
        .setAAD(additionalData(head, context))
        .setAuthTag(tag);
      const start = decipher.update(sealed.subarray(headBytes));
      try {
        return Buffer.concat([start, decipher.final()]);
      } catch (cause) {
        throw damaged(context, cause);
      }
    },
  };
}

/** The one text of `wrong_encryption_key`. */
export const wrongKeyText =
  'STATE_ENCRYPTION_KEY is not the key this database was encrypted with: restore the former key, or name it in STATE_ENCRYPTION_KEY_PREVIOUS';

/** The id of the key that sealed the bytes. */
export function sealedBy(sealed: Buffer): string {
  return sealed.subarray(1, 1 + keyIdBytes).toString('hex');
}

/** Names a key without telling it: the first 8 bytes of its SHA-256, in hex. */
function keyIdOf(key: Buffer): string {
  if (key.length !== 32) throw new Error(`an encryption key has 32 bytes, not ${key.length}`);
  return createHash('sha256').update(key).digest().subarray(0, keyIdBytes).toString('hex');
}

function additionalData(head: Buffer, context: string): Buffer {
  return Buffer.concat([head, Buffer.from(context)]);
}

function damaged(context: string, cause?: unknown) {
  return appError('internal', 'stored data is damaged: it does not open with its key', {
    detail: context,
    cause,
  });
}
