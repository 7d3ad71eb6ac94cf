import { createInterface } from 'node:readline';
import { z } from 'zod';
import { zodFaults } from '../../src/errors/zod-faults.js';
import { blueprints } from '../../src/spec/blueprints.js';
import { synthesize } from './synthesize.js';

/**
 * The synth child: a request a line on standard input (`{id, input}`), an answer a line on standard output (`{id, json, sha256}` or
 * `{id, error: {message}}`); before the first answer it writes `{"ready": true}`. It ends when its input ends. It holds no secret and
 * opens nothing: whatever construct code does, it does here.
 */
const request = z.object({ id: z.number(), input: z.unknown() });

function answer(line: string): string {
  let id: number | undefined;
  try {
    const asked = request.parse(JSON.parse(line));
    id = asked.id;
    return JSON.stringify({ id, ...synthesize(asked.input) });
  } catch (thrown) {
    return JSON.stringify({ id, error: { message: messageOf(thrown) } });
  }
}

function messageOf(thrown: unknown): string {
  if (!(thrown instanceof z.ZodError)) return thrown instanceof Error ? thrown.message : String(thrown);
  return zodFaults(thrown)
    .map((fault) => `${fault.path}: ${fault.message}`)
    .join('; ');
}

/** Makes each blueprint's example once, so that the first request is as quick as the rest. */
function warmUp(): void {
  for (const { ref, example } of blueprints)
    synthesize({
      environment_id: 'env_0',
      environment_name: 'warm-up',
      tenant_id: 'ten_0',
      tenant_slug: 'warm-up',
      tenant_name: 'warm-up',
      provider: 'sandbox',
      cloud_account_id: 'sandbox',
      region: 'eu-central-1',
      blueprint: ref,
      spec: example,
    });
}

warmUp();
process.stdout.write('{"ready":true}\n');
createInterface({ input: process.stdin, crlfDelay: Infinity }).on('line', (line) => {
  process.stdout.write(`${answer(line)}\n`);
});
