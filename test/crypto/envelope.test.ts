import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { createKeyring } from '../../src/crypto/envelope.js';

const key = randomBytes(32);
const ring = createKeyring({ current: key });

describe('a keyring', () => {
  test.each([['text with ümlauts'], [''], ['x'.repeat(1_000_000)]])('opens what it sealed', (plain) => {
    expect(ring.decrypt(ring.encrypt(plain, 'state:env_1:1'), 'state:env_1:1').toString()).toBe(plain);
  });

  test('seals the same bytes differently each time, and shows none of them', () => {
    const [one, two] = [ring.encrypt('a very plain secret', 'c'), ring.encrypt('a very plain secret', 'c')];
    expect(one.equals(two)).toBe(false);
    expect(one.includes('plain')).toBe(false);
  });

  test('does not open bytes in another context', () => {
    expect(() => ring.decrypt(ring.encrypt('x', 'state:env_1:1'), 'state:env_1:2')).toThrow(
      expect.objectContaining({
        code: 'internal',
        message: 'stored data is damaged: it does not open with its key',
      }),
    );
  });

  test('does not open bytes of which any one was changed', () => {
    const sealed = ring.encrypt('abc', 'c');
    for (let at = 0; at < sealed.length; at++) {
      const changed = Buffer.from(sealed);
      changed[at]! ^= 1;
      expect(() => ring.decrypt(changed, 'c')).toThrow();
    }
    expect(() => ring.decrypt(sealed.subarray(0, 20), 'c')).toThrow('damaged');
  });

  test('says that the key is wrong when another key sealed', () => {
    const other = createKeyring({ current: randomBytes(32) });
    expect(() => other.decrypt(ring.encrypt('x', 'c'), 'c')).toThrow(
      expect.objectContaining({
        code: 'wrong_encryption_key',
        message:
          'STATE_ENCRYPTION_KEY is not the key this database was encrypted with: restore the former key, or name it in STATE_ENCRYPTION_KEY_PREVIOUS',
      }),
    );
  });

  test('opens what a former key sealed, and seals with the current one', () => {
    const changed = createKeyring({ current: randomBytes(32), former: [key] });
    expect(changed.decrypt(ring.encrypt('x', 'c'), 'c').toString()).toBe('x');
    expect(changed.encrypt('x', 'c').subarray(1, 9).toString('hex')).toBe(changed.keyId);
    expect(changed.keyId).not.toBe(ring.keyId);
  });

  test('takes keys of 32 bytes only', () => {
    expect(() => createKeyring({ current: Buffer.alloc(16) })).toThrow(
      'an encryption key has 32 bytes, not 16',
    );
  });
});
