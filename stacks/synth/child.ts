import { createInterface } from 'node:readline';
import { z } from 'zod';
import { zodFaults } from '../../src/errors/zod-faults.js';
import { openWorkshop, type Workshop } from './builders.js';
import { synthesize } from './synthesize.js';

/**
 * The synth child: a request a line on standard input (`{id, input}`), an answer a line on standard output (`{id, json, sha256}` or
 * `{id, error: {message}}`); before the first answer it writes `{"ready": true}`. It ends when its input ends. It holds no secret and
 * opens nothing: whatever construct code does, it does here. Its arguments are the folders of further blueprints.
 */
const request = z.object({ id: z.number(), input: z.unknown() });

function answer(line: string, workshop: Workshop): string {
  let id: number | undefined;
  try {
    const asked = request.parse(JSON.parse(line));
    id = asked.id;
    return JSON.stringify({ id, ...synthesize(asked.input, workshop) });
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
function warmUp(workshop: Workshop): void {
  for (const { ref, examples } of workshop.catalog.all) {
    const input = {
      environment_id: 'env_0',
      environment_name: 'warm-up',
      tenant_id: 'ten_0',
      tenant_slug: 'warm-up',
      tenant_name: 'warm-up',
      provider: 'sandbox',
      cloud_account_id: 'sandbox',
      region: 'eu-central-1',
      blueprint: ref,
      spec: examples[0].spec,
    };
    synthesize(input, workshop);
  }
}

const workshop = await openWorkshop(process.argv.slice(2));
warmUp(workshop);
process.stdout.write('{"ready":true}\n');
createInterface({ input: process.stdin, crlfDelay: Infinity }).on('line', (line) => {
  process.stdout.write(`${answer(line, workshop)}\n`);
});
