/** A terraform that the machine has too little memory for, by a real limit of its address space. */
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { createLog } from '../../src/log/log.js';
import { findTerraform } from '../../src/terraform/locate.js';
import { apiOf, type Api, type Json } from '../support/api.js';
import { makeServedHome, removeHome, startTerrace, type Terrace } from '../support/terrace.js';

const home = await makeServedHome();
let terrace: Terrace | undefined;
afterAll(async () => {
  await terrace?.stop();
  await removeHome(home);
});

/** A terraform that has too little for the named command: as often as there are lines in `tight-COMMAND`. */
async function tightTerraform(): Promise<string> {
  const log = createLog('silent', 'test');
  const { bin: real } = await findTerraform({ home, path: process.env.PATH ?? '', log });
  const bin = join(home, 'terraform');
  const tight = `[ -s ${home}/tight-$1 ] && sed -i 1d ${home}/tight-$1 && ulimit -v 400000`;
  await writeFile(bin, `#!/bin/sh\n${tight}\nexec ${real} "$@"\n`);
  await chmod(bin, 0o755);
  return bin;
}

async function run(api: Api, command: string, times: number): Promise<{ run: Json; events: Json[] }> {
  await writeFile(join(home, `tight-${command}`), 'once\n'.repeat(times));
  const { body } = await api.call('POST', '/api/v1/environments', await api.request({ review: 'auto' }));
  const run = await api.until(`/api/v1/runs/${body.run_id}`, (one) => one.finished_at !== null);
  const { items } = await api.get(`/api/v1/environments/${body.environment_id}/events?limit=200`);
  return { run, events: items };
}

test('a run whose terraform lacks memory is carried on; after five times it ends, and the timeline has why', async () => {
  terrace = await startTerrace(home, { TERRAFORM_BIN: await tightTerraform(), SWEEP_SECONDS: '1' });
  const api = apiOf(terrace);
  for (const command of ['plan', 'apply', 'show']) {
    const { run: one, events } = await run(api, command, 1);
    expect(one).toMatchObject({ status: 'succeeded', interruptions: 1, attempts: [], error: null });
    expect(events.map(({ message }) => message).join('\n')).toContain(
      `terraform ${command} had too little memory: give the worker more, or raise TERRAFORM_MEMORY_MB; the run is carried on`,
    );
  }
  const { run: never } = await run(api, 'plan', 100);
  expect(never).toMatchObject({
    status: 'failed',
    error: {
      code: 'too_many_interruptions',
      blame: 'platform',
      message: expect.stringContaining('the last time because terraform plan had too little memory'),
    },
  });
}, 120_000);
