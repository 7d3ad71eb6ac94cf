import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createKeyring } from '../../src/crypto/envelope.js';
import { proveKey, retireCanaries } from '../../src/crypto/canary-store.js';
import { loadKeyring, loadOrCreateKey } from '../../src/crypto/key-file.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

let folder: string;
let database: TestDatabase;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'terrace-key-'));
  database = await createTestDatabase();
});
afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true });
});

describe('the key file', () => {
  test('is made once, for its owner only, and read afterwards', async () => {
    const home = join(folder, 'new');
    const key = await loadOrCreateKey(home);
    expect(key).toHaveLength(32);
    expect((await stat(join(home, 'state-encryption-key'))).mode & 0o777).toBe(0o600);
    expect((await loadOrCreateKey(home)).equals(key)).toBe(true);
    expect(await readdir(home)).toEqual(['state-encryption-key']);
  });

  test('is one and the same for ten that start at once', async () => {
    const keys = await Promise.all(Array.from({ length: 10 }, () => loadOrCreateKey(join(folder, 'raced'))));
    expect(new Set(keys.map((key) => key.toString('hex'))).size).toBe(1);
  });

  test('that holds something else is refused, not replaced', async () => {
    await writeFile(join(folder, 'state-encryption-key'), 'short');
    await expect(loadOrCreateKey(folder)).rejects.toMatchObject({
      code: 'invalid_settings',
      message: 'TERRACE_HOME/state-encryption-key holds no key of 32 bytes in base64: restore the file',
    });
  });

  test('that was replaced opens what it sealed, from the file beside it or from the settings', async () => {
    const home = join(folder, 'replaced');
    const none = { home, STATE_ENCRYPTION_KEY_PREVIOUS: [] };
    const before = await loadKeyring(none);
    const sealed = before.encrypt('x', 'c');
    await rename(join(home, 'state-encryption-key'), join(home, 'state-encryption-key.previous'));
    const after = await loadKeyring(none);
    expect(after.keyId).not.toBe(before.keyId);
    expect(after.decrypt(sealed, 'c').toString()).toBe('x');
    const formerText = (await readFile(join(home, 'state-encryption-key.previous'), 'utf8')).trim();
    const given = await loadKeyring({
      home,
      STATE_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
      STATE_ENCRYPTION_KEY_PREVIOUS: [randomBytes(32).toString('base64'), formerText],
    });
    expect(given.decrypt(sealed, 'c').toString()).toBe('x');
  });

  test('cannot be made where a file is in the way', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(loadOrCreateKey(join(folder, 'file'))).rejects.toMatchObject({ code: 'home_unwritable' });
  });
});

describe('the canary', () => {
  beforeEach(() => database.db.query('delete from facts'));

  test('refuses a wrong key at start and keeps the right one working', async () => {
    const ring = createKeyring({ current: randomBytes(32) });
    await proveKey(database.db, ring);
    await expect(proveKey(database.db, createKeyring({ current: randomBytes(32) }))).rejects.toMatchObject({
      code: 'wrong_encryption_key',
      message:
        'STATE_ENCRYPTION_KEY is not the key this database was encrypted with: restore the former key, or name it in STATE_ENCRYPTION_KEY_PREVIOUS',
    });
    await proveKey(database.db, ring);
  });

  test('asks for every key that may have sealed something, until a rotation is done', async () => {
    const [former, current] = [randomBytes(32), randomBytes(32)];
    const rings = {
      former: createKeyring({ current: former }),
      prepared: createKeyring({ current: former, former: [current] }),
      both: createKeyring({ current, former: [former] }),
      current: createKeyring({ current }),
    };
    await proveKey(database.db, rings.former);
    await proveKey(database.db, rings.prepared);
    await proveKey(database.db, rings.former);
    await proveKey(database.db, rings.both);
    await proveKey(database.db, rings.prepared);
    const wrong = { code: 'wrong_encryption_key' };
    await expect(proveKey(database.db, rings.former)).rejects.toMatchObject(wrong);
    await expect(proveKey(database.db, rings.current)).rejects.toMatchObject(wrong);
    await retireCanaries(database.db, rings.both);
    await proveKey(database.db, rings.current);
    await expect(proveKey(database.db, rings.former)).rejects.toMatchObject(wrong);
  });

  test('is left by one of several that start at once', async () => {
    const ring = createKeyring({ current: randomBytes(32) });
    await Promise.all(Array.from({ length: 5 }, () => proveKey(database.db, ring)));
  });
});
