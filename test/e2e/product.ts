/** One running product, its API and its database, for all tests of product.test.ts. */
import { afterAll, beforeAll } from '@jest/globals';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import { createLog } from '../../src/log/log.js';
import { findTerraform } from '../../src/terraform/locate.js';
import { apiOf, type Api } from '../support/api.js';
import { connectToHome } from '../support/embedded-client.js';
import { makeServedHome, removeHome, startTerrace, type Terrace } from '../support/terrace.js';

export let terrace: Terrace;
/** With the token of the admin. */
export let api: Api;
export let db: pg.Client;
/** A file where every start of terraform leaves its arguments as a line. */
export let calls: string;
let bin: string;

beforeAll(async () => {
  const home = await makeServedHome();
  calls = join(home, 'calls');
  bin = join(home, 'terraform');
  const path = process.env.PATH ?? '';
  const { bin: real } = await findTerraform({ home, path, log: createLog('silent', 'test') });
  await writeFile(bin, `#!/bin/sh\necho "$*" >> ${calls}\nexec ${real} "$@"\n`);
  await chmod(bin, 0o755);
  await start(home);
  db = await connectToHome(home);
});

afterAll(async () => {
  await db.end();
  await terrace.stop();
  await removeHome(terrace.home);
});

async function start(home: string): Promise<void> {
  terrace = await startTerrace(home, {
    TERRAFORM_BIN: bin,
    SWEEP_SECONDS: '1',
    RETRY_FIRST_WAIT: '1',
    MAX_ENVIRONMENTS_PER_USER: '50',
  });
  api = apiOf(terrace);
}

/** kill -9, and the next process on the same home. */
export async function killAndStart(): Promise<void> {
  await terrace.kill();
  await start(terrace.home);
}
