/**
 * Every pair of parameter values of every blueprint, under our own policies and on the schemas of the providers. What takes terraform or
 * another process is done in the suite with as many rows as have every value once; `make proofs` does it with all.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createLog } from '../../../src/log/log.js';
import { startSynth, type Synth } from '../../../src/synth/synth-client.js';
import { synthesize } from '../../../stacks/synth/synthesize.js';
import { openBench, type Bench } from '../../sandbox/bench.js';
import { inputOf } from '../inputs.js';
import { missingPairs, pairsOf, type Combination } from '../kits/kit.js';
import { kits } from '../kits/kits.js';
import { textsOf, type StackJson } from '../stack-json.js';
import { policies } from './policies.js';
import { validateAll } from './validate-all.js';

const all = process.env['PROOFS'] !== undefined;

let bench: Bench;
let synth: Synth;
beforeAll(async () => {
  bench = await openBench();
  synth = startSynth({ log: createLog('error', 'test') });
});
afterAll(async () => {
  await synth.close();
  await bench.close();
});

describe.each(kits.map((kit) => [kit.blueprint.ref, kit] as const))('all pairs of %s', (ref, kit) => {
  const combinations = pairsOf(kit);
  const inputs = combinations.map(({ spec }) => inputOf({ ...spec }, { blueprint: ref }));
  const made = inputs.map((input) => synthesize(input));
  const stacks = new Map(made.map(({ json }, index) => [`c${index}`, JSON.parse(json) as StackJson]));
  const named = (id: string) => combinations[Number(id.slice(1))]?.name;
  const tried = all ? combinations.map((_one, index) => index) : withEveryValue(combinations);

  test('are all there', () => {
    const rows = combinations.map((one) => one.labels);
    expect(missingPairs(kit, rows)).toEqual([]);
  });

  test('make the same bytes in another process', async () => {
    for (const index of tried) expect((await synth.synth(inputs[index]!)).sha256).toBe(made[index]!.sha256);
  });

  test('hold on the schemas of the providers', async () => {
    const some = new Map([...stacks].filter((_one, index) => tried.includes(index)));
    const faults = await validateAll(bench, some);
    expect(faults.map(({ id, text }) => `${named(id)}: ${text}`)).toEqual([]);
  });

  test('hold no secret: passwords are references to sensitive variables', () => {
    for (const [id, stack] of stacks) {
      const secrets = kit.blueprint.secrets(
        kit.blueprint.schema.parse(combinations[Number(id.slice(1))]?.spec),
      );
      expect(Object.keys(stack.variable ?? {}).sort()).toEqual(secrets.map(({ name }) => name).sort());
      for (const variable of Object.values(stack.variable ?? {})) expect(variable['sensitive']).toBe(true);
      for (const { path, text } of textsOf(stack.resource))
        if (/(password|auth_token|secret_string|requirepass|token)$/i.test(path) && !/\/env\//.test(path))
          expect([named(id), path, text]).toEqual([named(id), path, expect.stringMatching(/^\$\{.*\}$/s)]);
    }
  });

  test.each(policies)('$name', ({ faults }) => {
    const found = [...stacks].flatMap(([id, stack]) =>
      faults(stack).map((fault) => `${named(id)}: ${fault}`),
    );
    expect(found).toEqual([]);
  });
});

/** Rows that have every value of every parameter, each for a value that none before it has. */
function withEveryValue(rows: readonly Combination[]): number[] {
  const seen = new Set<string>();
  return rows.flatMap(({ labels }, index) => {
    const values = Object.entries(labels).map((one) => one.join('='));
    const news = values.filter((value) => !seen.has(value));
    for (const value of news) seen.add(value);
    return news.length > 0 ? [index] : [];
  });
}
