import { randomBytes } from 'node:crypto';
import { chmod, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createTestDatabase } from '../support/database.js';
import { smallDisk, type SmallDisk } from '../support/small-disk.js';
import { failToStart, makeHome, makeServedHome, removeHome, startTerrace } from '../support/terrace.js';

let home: string;
const others: string[] = [];

beforeEach(async () => {
  home = await makeHome();
});

afterEach(async () => {
  for (const one of [home, ...others.splice(0)]) await removeHome(one);
});

async function served(): Promise<string> {
  const other = await makeServedHome();
  others.push(other);
  return other;
}

const key = () => randomBytes(32).toString('base64');

describe('a start that cannot succeed exits 1 and says in one line what to do', () => {
  test('a port in use', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const { code, stderr } = await failToStart(await served(), { PORT: String(port) });
    server.close();
    expect(code).toBe(1);
    expect(stderr).toContain(
      `terrace cannot start: port ${port} on 127.0.0.1 is in use; stop the program that has it, or set PORT (port_in_use)`,
    );
  });

  test('a home that cannot be written', async () => {
    const file = join(home, 'file');
    await writeFile(file, '');
    const { code, stderr } = await failToStart(join(file, 'home'));
    expect(code).toBe(1);
    expect(stderr).toContain(
      `terrace cannot start: TERRACE_HOME ${file}/home cannot be written (ENOTDIR): change its owner, or set another (home_unwritable)`,
    );
  });

  const disk = smallDisk();
  const why = 'reason' in disk ? ` (skipped: ${disk.reason})` : '';
  ('reason' in disk ? test.skip : test)(`a home whose disk is full${why}`, async () => {
    const { folder, fill, remove } = disk as SmallDisk;
    try {
      fill();
      const { code, stderr } = await failToStart(folder);
      expect(code).toBe(1);
      expect(stderr).toContain(
        `terrace cannot start: no space is left on the disk of TERRACE_HOME ${folder}: make room there, or set TERRACE_HOME to a larger disk; then start again (disk_full)`,
      );
    } finally {
      remove();
    }
  });

  test('every wrong setting at once', async () => {
    const { code, stderr } = await failToStart(home, {
      PORT: 'x',
      LOG_LEVEL: 'loud',
      WORKER_CONCURRENCY: '0',
    });
    expect(code).toBe(1);
    for (const name of ['PORT', 'LOG_LEVEL', 'WORKER_CONCURRENCY']) expect(stderr).toContain(`${name}: `);
    expect(stderr).toContain('(invalid_settings)');
  });

  test('a blueprint that is not there', async () => {
    const { code, stderr } = await failToStart(home, { BLUEPRINT_PATHS: join(home, 'nowhere') });
    expect(code).toBe(1);
    expect(stderr).toContain(
      `terrace cannot start: wrong settings: BLUEPRINT_PATHS: ${join(home, 'nowhere/blueprint.js')} cannot be loaded`,
    );
    expect(stderr).toContain('(invalid_settings)');
  });

  test('a terraform that is not there', async () => {
    const home = await served();
    const { code, stderr } = await failToStart(home, { TERRAFORM_BIN: join(home, 'no-such-terraform') });
    expect(code).toBe(1);
    expect(stderr).toContain('which is not a program that can be run (terraform_missing)');
  });

  test('a terraform that is too old', async () => {
    const home = await served();
    const old = join(home, 'terraform');
    await writeFile(old, `#!/bin/sh\necho 'Terraform v1.3.0'\n`);
    await chmod(old, 0o755);
    const { code, stderr } = await failToStart(home, { TERRAFORM_BIN: old });
    expect(code).toBe(1);
    expect(stderr).toMatch(/terrace cannot start: .*1\.3\.0.*\(terraform_too_old\)/);
  });

  test('a database without its key, with another key, and from a newer version', async () => {
    const { db, url, drop } = await createTestDatabase();
    const given = { DATABASE_URL: url, SANDBOX: 'on' };
    expect((await failToStart(home, given)).stderr).toContain(
      'STATE_ENCRYPTION_KEY: required when DATABASE_URL is set',
    );
    const first = await startTerrace(home, { ...given, STATE_ENCRYPTION_KEY: key() }, 'api');
    expect(await first.stop()).toBe(0);
    expect((await failToStart(home, { ...given, STATE_ENCRYPTION_KEY: key() })).stderr).toContain(
      'terrace cannot start: STATE_ENCRYPTION_KEY is not the key this database was encrypted with: restore the former key, or name it in STATE_ENCRYPTION_KEY_PREVIOUS (wrong_encryption_key)',
    );
    await db.query(
      `update schema_migrations set version = 999 where version = (select max(version) from schema_migrations)`,
    );
    expect((await failToStart(home, { ...given, STATE_ENCRYPTION_KEY: key() })).stderr).toContain(
      '(database_too_new)',
    );
    await drop();
  });
});
