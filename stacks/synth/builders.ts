import { join } from 'node:path';
import type { Construct } from 'constructs';
import { catalogOf, type BlueprintCatalog } from '../../src/spec/blueprint.js';
import type { StackInput } from '../../src/spec/stack-input.js';
import { build as app } from '../app/stack.js';
import { build as isp } from '../isp/stack.js';
import { builtIn, loadBlueprint, loadModule } from '../catalog.js';
import type { EnvironmentStack } from '../environment-stack.js';
import { build as platform } from '../platform/stack.js';

/** Adds the stack of an input to a scope; exported as `build` by the `stack.ts` of a blueprint. */
export type StackBuilder = (scope: Construct, input: StackInput) => EnvironmentStack;

/** Blueprints with the code that makes their stacks, by ref. */
export interface Workshop {
  readonly catalog: BlueprintCatalog;
  readonly builders: Readonly<Record<string, StackBuilder>>;
}

/** The built-in blueprints; a test holds the builders against the catalog. */
export const builtInWorkshop: Workshop = {
  catalog: catalogOf(builtIn),
  builders: { 'app@1': app, 'isp@1': isp, 'platform@1': platform },
};

/** The built-in blueprints and those of `folders`, each with `blueprint.js` and `stack.js`. */
export async function openWorkshop(folders: readonly string[]): Promise<Workshop> {
  const added = await Promise.all(
    folders.map(async (folder) => {
      const blueprint = await loadBlueprint(folder);
      const { build } = await loadModule<{ build?: StackBuilder }>(join(folder, 'stack.js'));
      if (build === undefined) throw new Error(`${join(folder, 'stack.js')} exports no function \`build\``);
      return { blueprint, build };
    }),
  );
  return {
    catalog: catalogOf([...builtIn, ...added.map((one) => one.blueprint)]),
    builders: {
      ...builtInWorkshop.builders,
      ...Object.fromEntries(added.map((one) => [one.blueprint.ref, one.build])),
    },
  };
}
