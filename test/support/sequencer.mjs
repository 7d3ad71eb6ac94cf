// The long files first, so that the workers end together: as they took last time, or where that is not known those that start the product or terraform.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const { default: Sequencer } = createRequire(import.meta.url)('@jest/test-sequencer');

const heavy = /\b(startTerrace|startFleet|openBench|startSynth)\(/;
const isHeavy = ({ path }) => heavy.test(readFileSync(path, 'utf8'));

export default class LongestFirst extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    if (tests.every(({ duration }) => duration !== undefined)) return sorted;
    return [...sorted.filter(isHeavy), ...sorted.filter((test) => !isHeavy(test))];
  }
}
