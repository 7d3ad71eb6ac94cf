import { execFile } from 'node:child_process';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from '@jest/globals';
import { projectRoot } from '../../src/lib/project-root.js';
import { apiOf } from '../support/api.js';
import { makeHome, removeHome, startTerrace } from '../support/terrace.js';

const home = await makeHome();
afterAll(() => removeHome(home));

const keyFile = join(home, 'state-encryption-key');

test('a key is changed under a running Terrace: a plan of before is applied after, without the former key', async () => {
  const first = await startTerrace(home);
  const before = apiOf(first);
  const { body } = await before.call('POST', '/api/v1/environments', await before.request());
  await before.until(`/api/v1/runs/${body.run_id}`, (run) => run.status === 'awaiting_review');
  expect(await first.stop()).toBe(0);

  await rename(keyFile, `${keyFile}.previous`);
  const second = await startTerrace(home);
  const command = join(projectRoot, 'dist/src/main/rotate-key.js');
  const { stdout } = await promisify(execFile)(process.execPath, [command], {
    env: { PATH: process.env['PATH'] ?? '', TERRACE_HOME: home },
  });
  expect(stdout).toMatch(/^plans\.plan_file: 1 sealed anew$/m);
  expect(stdout).toMatch(/\ndone: \d+ sealed anew, nothing is sealed by a former key\n$/);
  expect(await second.stop()).toBe(0);

  await rm(`${keyFile}.previous`);
  const third = await startTerrace(home);
  const after = apiOf(third);
  const run = await after.get(`/api/v1/runs/${body.run_id}`);
  await after.call('POST', `/api/v1/runs/${body.run_id}/approve`, {
    plan_id: run.plan.plan_id,
    confirm: run.review.confirm,
  });
  const ended = await after.until(`/api/v1/runs/${body.run_id}`, ({ finished_at }) => finished_at !== null);
  expect(ended).toMatchObject({ status: 'succeeded', error: null });
  expect(await third.stop()).toBe(0);
}, 60_000);
