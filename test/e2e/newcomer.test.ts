/** What a newcomer runs first: the demo, and the commands of the README. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { runDemo } from '../../api/demo.js';
import { expectNone, readText } from '../repo/source.js';
import { makeHome, removeHome, startTerrace, type Terrace } from '../support/terrace.js';

let terrace: Terrace;

beforeAll(async () => {
  terrace = await startTerrace(await makeHome());
});

afterAll(async () => {
  await terrace.stop();
  await removeHome(terrace.home);
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

/** The commands a newcomer copies, pointed at the server under test. */
function quickStart(): string {
  const section = readText('README.md')
    .split('\n## ')
    .find((part) => part.startsWith('Quick start'))!;
  const commands = [...section.matchAll(/```bash\n([^]*?)```/g)].map((match) => match[1]!).join('\n');
  const pointed = commands
    .replace('http://127.0.0.1:8000', terrace.url)
    .replace('.terrace/token', `${terrace.home}/token`);
  expect(pointed).not.toBe(commands);
  return pointed.replaceAll('sleep 1', 'sleep 0.3');
}

test('the commands of the README create an environment, read its outputs and delete it', async () => {
  const script = `set -euo pipefail\n${quickStart()}\nask GET /sandbox/environments/$ENVIRONMENT/objects`;
  const { stdout } = await promisify(execFile)('bash', ['-c', script], { timeout: 110_000 });
  const lines = stdout.split('\n');
  const wanted = ['ready', 'the environment is ready', 'destroyed', '{"items":[]}'];
  expectNone(
    wanted.filter((line) => !lines.includes(line)),
    'the commands ran, but did not print:',
  );
  expect(stdout).toMatch(/^plan plan_\w+: 25 to create; /m);
  expect(stdout).toContain('"endpoint_url":"https://shop.example.com"');
}, 120_000);
