/** The addresses of every blueprint, pinned: a renamed one destroys what customers have there. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { projectRoot } from '../../../src/lib/project-root.js';
import { inputOf } from '../inputs.js';
import { pairsOf } from '../kits/kit.js';
import { kits } from '../kits/kits.js';
import { addressesOf, stackOf } from '../stack-json.js';

const file = 'test/stacks/proof/addresses.json';
const pinned = JSON.parse(readFileSync(join(projectRoot, file), 'utf8')) as Record<string, string[]>;

const refs = [...new Set(kits.map((kit) => kit.blueprint.ref))];

describe.each(refs)('addresses of %s', (ref) => {
  const ofRef = kits.filter((kit) => kit.blueprint.ref === ref);
  const specs = ofRef.flatMap((kit) => [
    kit.everything,
    ...pairsOf(kit).map((one) => one.spec),
    ...kit.lives.map((one) => one.first),
  ]);
  const made = new Set(
    specs.flatMap((spec) => addressesOf(stackOf(inputOf({ ...spec }, { blueprint: ref })))),
  );
  const listed = new Set(pinned[ref]);

  test('are all made still', () => {
    const gone = [...listed].filter((address) => !made.has(address)).sort();
    if (gone.length > 0)
      throw new Error(
        `no stack makes these any more: the next plan of every environment would destroy\n  ${gone.join('\n  ')}`,
      );
    expect(gone).toEqual([]);
  });

  test('are all pinned', () => {
    const added = [...made].filter((address) => !listed.has(address)).sort();
    if (added.length > 0)
      throw new Error(`add to "${ref}" in ${file}:\n${added.map((one) => `    "${one}",`).join('\n')}`);
    expect(added).toEqual([]);
  });
});
