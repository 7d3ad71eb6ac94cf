import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../lib/project-root.js';
import type { ProviderName } from './types-in-use.js';

/** A type in Terraform's own JSON form, such as `["list","string"]` or `["object",{"port":"number"}]`; `dynamic` = any. */
export type CtyType =
  | 'string'
  | 'number'
  | 'bool'
  | 'dynamic'
  | readonly ['list' | 'set' | 'map', CtyType]
  | readonly ['object', { readonly [name: string]: CtyType }];

export type AttributeMode = 'required' | 'optional' | 'computed' | 'optional_computed';
export type Nesting = 'single' | 'list' | 'set';

export interface NestedAttributes {
  readonly nesting: Nesting;
  readonly attributes: Readonly<Record<string, AttributeSpec>>;
}

/** One attribute: of a plain type, or of nested attributes. */
export interface AttributeSpec {
  readonly mode: AttributeMode;
  readonly type?: CtyType;
  readonly nested?: NestedAttributes;
}

export interface NestedBlockSpec {
  readonly nesting: Nesting;
  readonly minItems: number;
  /** 0 = no limit. */
  readonly maxItems: number;
  readonly block: BlockSpec;
}

export interface BlockSpec {
  readonly attributes: Readonly<Record<string, AttributeSpec>>;
  readonly blocks: Readonly<Record<string, NestedBlockSpec>>;
}

export interface ProviderCatalog {
  readonly config: BlockSpec;
  readonly resources: Readonly<Record<string, BlockSpec>>;
  readonly dataSources: Readonly<Record<string, BlockSpec>>;
}

export type Catalog = Readonly<Record<ProviderName, ProviderCatalog>>;

/** Where the build step `derive-main` leaves the catalog. */
export const catalogPath: string = join(projectRoot, 'dist/src/sandbox/schema/catalog.generated.json');

let loaded: Catalog | undefined;

/** The catalog made by the build. Throws with the command to run when the build has not been made. */
export function loadCatalog(): Catalog {
  if (loaded !== undefined) return loaded;
  let text: string;
  try {
    text = readFileSync(catalogPath, 'utf8');
  } catch (cause) {
    throw new Error('the sandbox schemas are missing: run `npm run build`', { cause });
  }
  loaded = JSON.parse(text) as Catalog;
  return loaded;
}
