import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { originalSource, readStructs, type FieldFacts, type StructFacts } from './binding-source.js';
import type {
  AttributeSpec,
  BlockSpec,
  Catalog,
  CtyType,
  NestedBlockSpec,
  Nesting,
  ProviderCatalog,
} from './catalog.js';
import { providerNames, typesInUse, type ProviderName } from './types-in-use.js';

type Structs = ReadonlyMap<string, StructFacts>;
type Structures = 'nested' | 'object';

/** The schemas of all types in use, read from the bindings below `nodeModules`. Throws on a binding it cannot read. */
export function deriveCatalog(nodeModules: string): Catalog {
  const entries = providerNames.map((name) => [name, deriveProvider(nodeModules, name)]);
  return Object.fromEntries(entries) as Record<ProviderName, ProviderCatalog>;
}

function deriveProvider(nodeModules: string, name: ProviderName): ProviderCatalog {
  const inUse = typesInUse[name];
  const derive = (folder: string): BlockSpec => {
    try {
      return deriveBinding(join(nodeModules, inUse.bindings, 'lib', folder), inUse.structures);
    } catch (cause) {
      throw new Error(`cannot derive the schema of ${inUse.bindings}/lib/${folder}`, { cause });
    }
  };
  const all = (types: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(types).map(([type, folder]) => [type, derive(folder)]));
  return { config: derive('provider'), resources: all(inUse.resources), dataSources: all(inUse.dataSources) };
}

/** The schema of one binding folder; large bindings keep their structures in files of their own. */
export function deriveBinding(folder: string, structures: Structures): BlockSpec {
  const nested = join(folder, 'index-structs');
  const files = [join(folder, 'index.js')];
  if (existsSync(nested))
    files.push(
      ...readdirSync(nested)
        .filter((file) => /^structs\d+\.js$/.test(file))
        .map((file) => join(nested, file)),
    );
  const structs = new Map(
    files.flatMap((file) => [...readStructs(originalSource(readFileSync(file, 'utf8')))]),
  );
  return toBlock('root', structs, structures);
}

function toBlock(name: string, structs: Structs, structures: Structures): BlockSpec {
  const attributes: Record<string, AttributeSpec> = {};
  const blocks: Record<string, NestedBlockSpec> = {};
  for (const [field, facts] of structOf(name, structs).fields) {
    if (!facts.isBlock) attributes[field] = toAttribute(facts, structs, structures);
    else if (facts.struct !== undefined) {
      const nesting = nestingOf(facts.struct, structs);
      const minItems = facts.mode === 'required' ? 1 : 0;
      const maxItems = nesting === 'list' && facts.struct.many === undefined ? 1 : 0;
      const single = { minItems: 0, maxItems: 0 };
      const limits = nesting === 'single' ? single : { minItems, maxItems };
      blocks[field] = { nesting, ...limits, block: toBlock(facts.struct.name, structs, structures) };
    }
  }
  return { attributes, blocks };
}

function toAttribute(facts: FieldFacts, structs: Structs, structures: Structures): AttributeSpec {
  const { mode, struct } = facts;
  if (struct === undefined) return { mode, type: facts.type };
  const nesting = nestingOf(struct, structs);
  if (structures === 'object') return { mode, type: collection(nesting, toObjectType(struct.name, structs)) };
  const fields = [...structOf(struct.name, structs).fields];
  const attributes = Object.fromEntries(
    fields.map(([name, field]) => [name, toAttribute(field, structs, structures)]),
  );
  return { mode, nested: { nesting, attributes } };
}

function toObjectType(name: string, structs: Structs): CtyType {
  const fields = [...structOf(name, structs).fields];
  return ['object', Object.fromEntries(fields.map(([field, facts]) => [field, toType(facts, structs)]))];
}

function toType(facts: FieldFacts, structs: Structs): CtyType {
  if (facts.struct !== undefined)
    return collection(nestingOf(facts.struct, structs), toObjectType(facts.struct.name, structs));
  return facts.type ?? 'string';
}

function collection(nesting: Nesting, element: CtyType): CtyType {
  return nesting === 'single' ? element : [nesting, element];
}

function nestingOf(struct: NonNullable<FieldFacts['struct']>, structs: Structs): Nesting {
  if (struct.many !== undefined) return struct.many;
  return structOf(struct.name, structs).single ? 'single' : 'list';
}

function structOf(name: string, structs: Structs): StructFacts {
  const struct = structs.get(name);
  if (struct === undefined) throw new Error(`the binding holds no structure ${name}`);
  return struct;
}
