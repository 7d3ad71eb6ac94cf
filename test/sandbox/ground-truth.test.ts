import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { projectRoot } from '../../src/lib/project-root.js';
import type { AttributeSpec, BlockSpec, NestedBlockSpec } from '../../src/sandbox/schema/catalog.js';
import { deriveCatalog } from '../../src/sandbox/schema/derive.js';
import { overlays } from '../../src/sandbox/schema/overlay.js';
import { groundTruth } from './ground-truth.js';

const catalog = deriveCatalog(join(projectRoot, 'node_modules'));
const resources: Record<string, BlockSpec> = Object.assign(
  {},
  ...Object.values(catalog).map((provider) => provider.resources),
);

/** The attribute or block at a dotted path; throws where the schema has none. */
function at(type: string, path: string): AttributeSpec | NestedBlockSpec {
  let block = resources[type];
  const names = path.split('.');
  const last = names.pop() ?? '';
  for (const name of names) block = block?.blocks[name]?.block;
  const found = block?.attributes[last] ?? block?.blocks[last];
  if (found === undefined) throw new Error(`${type} has no ${path}`);
  return found;
}

const modeOf = (type: string, path: string) => {
  const found = at(type, path);
  return 'mode' in found ? found.mode : 'block';
};

describe('what is known of the real providers', () => {
  test.each(Object.entries(groundTruth))('of %s holds in the sandbox', (type, facts) => {
    const overlay = overlays[type] ?? {};
    const forcing = overlay.forceNew ?? [];
    const replaces = (path: string) => forcing.some((one) => path === one || path.startsWith(`${one}.`));
    const held = {
      replaces: (facts.replaces ?? []).filter((path) => at(type, path) && replaces(path)),
      updates: (facts.updates ?? []).filter((path) => at(type, path) && !replaces(path)),
      sensitive: (facts.sensitive ?? []).filter((path) => overlay.sensitive?.includes(path)),
      required: (facts.required ?? []).filter((path) => modeOf(type, path) === 'required'),
      computed: (facts.computed ?? []).filter((path) => modeOf(type, path) === 'computed'),
      atMostOne: (facts.atMostOne ?? []).filter((path) => {
        const found = at(type, path);
        return 'maxItems' in found && found.maxItems === 1;
      }),
      defaults: Object.fromEntries(
        Object.keys(facts.defaults ?? {}).map((path) => [path, overlay.defaults?.[path]]),
      ),
    };
    const none = { replaces: [], updates: [], sensitive: [], required: [], computed: [], atMostOne: [] };
    expect(held).toEqual({ ...none, defaults: {}, ...facts });
  });
});
