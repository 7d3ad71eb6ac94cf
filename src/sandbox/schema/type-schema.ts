import { loadCatalog, type BlockSpec } from './catalog.js';
import { overlays } from './overlay.js';
import type { TypeOverlay } from './overlay-type.js';
import { providerNames, typesInUse, type ProviderName } from './types-in-use.js';

/** All that is known of one resource type. */
export interface TypeSchema {
  readonly type: string;
  readonly block: BlockSpec;
  readonly overlay: TypeOverlay;
  readonly sensitive: ReadonlySet<string>;
  readonly writeOnly: ReadonlySet<string>;
  readonly legacyTypeSystem: boolean;
}

const known = new Map<string, TypeSchema>();

/** The schema of a resource type in use; `undefined` for any other. */
export function findTypeSchema(type: string): TypeSchema | undefined {
  if (known.size === 0)
    for (const provider of providerNames)
      for (const schema of schemasOf(provider)) known.set(schema.type, schema);
  return known.get(type);
}

/** The resource types of one provider. */
export function schemasOf(provider: ProviderName): TypeSchema[] {
  return Object.entries(loadCatalog()[provider].resources).map(([type, block]) => {
    const overlay = overlays[type] ?? {};
    return {
      type,
      block,
      overlay,
      sensitive: new Set(overlay.sensitive),
      writeOnly: new Set(overlay.writeOnly),
      legacyTypeSystem: typesInUse[provider].legacyTypeSystem,
    };
  });
}
