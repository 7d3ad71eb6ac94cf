import { expect, test } from '@jest/globals';
import { blueprint as app } from '../../stacks/app/blueprint.js';
import { appSpecV1 } from '../../stacks/app/spec.js';
import { vpc } from './inputs.js';

const faults = (cache: object, region: string) =>
  app.checkPlace?.(appSpecV1.parse({ network: vpc, cache: { mode: 'elasticache', ...cache } }), { region });

test('an instance that the region does not have is refused, with the families that it has', () => {
  expect(faults({ instance: 'cache.m5.large' }, 'mx-central-1')).toEqual([
    {
      path: 'cache.instance',
      message: expect.stringMatching(
        /^cache\.m5\.large is not offered in mx-central-1; use one of the families (?!.*m5).*m7g/,
      ),
    },
  ]);
  expect(faults({ instance: 'cache.m5.large' }, 'eu-central-1')).toEqual([]);
  expect(faults({}, 'mx-central-1')).toEqual([]);
});
