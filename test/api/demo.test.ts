import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { runDemo } from '../../api/demo.js';
import { makeHome, removeHome, startTerrace, type Terrace } from '../support/terrace.js';

let home: string;
let terrace: Terrace;
beforeAll(async () => {
  home = await makeHome();
  terrace = await startTerrace(home);
});
afterAll(async () => {
  await terrace?.stop();
  await removeHome(home);
});

test('the demo walks the whole journey and tells each step with its time', async () => {
  const lines: string[] = [];
  await runDemo({ baseUrl: terrace.url, token: terrace.token, print: (line) => lines.push(line) });
  const steps = lines
    .filter((line) => /^\[ *\d+\.\d\d s\] /.test(line))
    .map((line) => line.replace(/^.*?\] /, ''));
  for (const step of [
    /^requested demo-/,
    /^planned: .*create \d+/,
    /^approved plan plan_/,
    /^Apply complete! Resources: \d+ added/,
    /^create run succeeded$/,
    /^environment is ready, health healthy$/,
    /^delete requested: run run_.*, status destroy_queued$/,
    /^destroy run succeeded$/,
    /^environment is destroyed$/,
    /^the sandbox holds 0 objects of it$/,
    /^the whole journey held$/,
  ])
    expect(steps).toContainEqual(expect.stringMatching(step));
  expect(lines.join('\n')).toMatch(/plan plan_\w+: \d+ to create; .*risk low/);
});

test('the demo fails when its token is refused', async () => {
  const props = { baseUrl: terrace.url, token: `trc_${'x'.repeat(43)}`, print: () => {} };
  await expect(runDemo(props)).rejects.toThrow(
    '401 unauthenticated: the token is unknown or revoked: ask for a new one',
  );
});
