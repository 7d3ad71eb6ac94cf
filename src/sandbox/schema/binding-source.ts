/**
 * Reads the TypeScript of a CDKTF binding (kept in the source map of its JavaScript) as plain facts.
 * The bindings are generated code of one shape, so line patterns are enough:
 *   `// name - computed: .., optional: .., required: ..` then a getter or `new XList(this, "name", isSet)`;
 *   `name: { value: .., isBlock: .., type: "..", storageClassType: ".." }` in the HCL writers;
 *   `* name block` in the documentation of what is a block.
 */
import type { AttributeMode, CtyType } from './catalog.js';

export interface FieldFacts {
  readonly mode: AttributeMode;
  readonly isBlock: boolean;
  readonly type?: CtyType;
  /** Name of the structure that the field holds, and whether as a list or set of many. */
  readonly struct?: { readonly name: string; readonly many: 'list' | 'set' | undefined };
}

export interface StructFacts {
  readonly fields: ReadonlyMap<string, FieldFacts>;
  /** A single nested object rather than a list of at most one. */
  readonly single: boolean;
}

/** The original TypeScript of a compiled binding file. Throws when it holds no inline source map. */
export function originalSource(javascript: string): string {
  const encoded = /\/\/# sourceMappingURL=data:application\/json;base64,([A-Za-z0-9+/=]+)\s*$/.exec(
    javascript,
  )?.[1];
  if (encoded === undefined) throw new Error('a binding file holds no inline source map');
  const map = JSON.parse(Buffer.from(encoded, 'base64').toString('utf8')) as { sourcesContent: string[] };
  return map.sourcesContent[0] ?? '';
}

/** All structures of a source by name: `root` (the resource, data source or provider itself) and each nested one. */
export function readStructs(source: string): ReadonlyMap<string, StructFacts> {
  const parts = source.split(/^(?=export (?:class|interface|function) )/m);
  const classes = named(parts, /^export class (\w+) extends cdktf\.(?!ComplexList)\w+/);
  const interfaces = named(parts, /^export interface (\w+)/);
  const writers = named(parts, /^export function (\w+)ToHclTerraform\(/);
  const structs = new Map<string, StructFacts>();
  for (const [name, declaration] of interfaces) {
    const root =
      /extends cdktf\.TerraformMetaArguments/.test(declaration) || /^\w+ProviderConfig$/.test(name);
    const body = root ? rootClass(classes) : (classes.get(`${name}OutputReference`) ?? '');
    const writer = root ? body : (writers.get(name.charAt(0).toLowerCase() + name.slice(1)) ?? '');
    const single = body === '' || /super\(terraformResource, terraformAttribute, false\)/.test(body);
    structs.set(root ? 'root' : name, { fields: readFields(declaration, body, writer), single });
  }
  return structs;
}

function named(parts: readonly string[], pattern: RegExp): Map<string, string> {
  return new Map(
    parts.flatMap((part) => {
      const name = pattern.exec(part)?.[1];
      return name === undefined ? [] : [[name, part] as const];
    }),
  );
}

function rootClass(classes: ReadonlyMap<string, string>): string {
  const body = [...classes.values()].find((part) =>
    /extends cdktf\.Terraform(Resource|DataSource|Provider) /.test(part),
  );
  if (body === undefined) throw new Error('a binding file holds no resource, data source or provider class');
  return body;
}

function readFields(declaration: string, body: string, writer: string): Map<string, FieldFacts> {
  const documented = readDeclaration(declaration);
  const written = readWriter(writer);
  const accessors = readAccessors(body);
  const fields = new Map<string, FieldFacts>();
  for (const name of new Set([...documented.keys(), ...accessors.keys()])) {
    if (name === 'alias' && /Provider/.test(declaration)) continue;
    const mode = accessors.get(name)?.mode ?? documented.get(name)?.mode;
    const shape = accessors.get(name)?.struct
      ? accessors.get(name)
      : (written.get(name) ?? accessors.get(name));
    if (mode === undefined || shape === undefined || (shape.type === undefined && shape.struct === undefined))
      throw new Error(`the binding does not say the type of ${name}`);
    fields.set(name, { ...shape, mode, isBlock: documented.get(name)?.isBlock ?? false });
  }
  return fields;
}

function readDeclaration(text: string): Map<string, { mode: AttributeMode; isBlock: boolean }> {
  const members = text.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*readonly \w+(\??): /g);
  return new Map(
    [...members].flatMap(([, comment = '', optional]) => {
      const name = /#(\w+) \w+#\1\}/.exec(comment)?.[1];
      if (name === undefined) return [];
      const isBlock = new RegExp(`^\\s*\\* ${name} block$`, 'm').test(comment);
      return [[name, { mode: optional === '' ? 'required' : 'optional', isBlock }] as const];
    }),
  );
}

type Shape = Pick<FieldFacts, 'type' | 'struct'>;

const plainTypes: Readonly<Record<string, CtyType>> = { string: 'string', number: 'number', boolean: 'bool' };

function readWriter(text: string): Map<string, Shape> {
  const entries = text.matchAll(
    /(\w+): \{\s*value: [^\n]+\s*isBlock: \w+,\s*type: "(\w+)",\s*storageClassType: "(\w+)",/g,
  );
  return new Map(
    [...entries].map(([, name = '', kind = '', storage = '']) => [name, writtenShape(kind, storage)]),
  );
}

function writtenShape(kind: string, storage: string): Shape {
  if (storage === 'anyMap') return { type: 'dynamic' };
  const plain = plainTypes[storage];
  if (kind === 'simple' && plain !== undefined) return { type: plain };
  const element = plainTypes[/^(string|number|boolean)(?:List|Map)$/.exec(storage)?.[1] ?? ''];
  if (element !== undefined && (kind === 'list' || kind === 'set' || kind === 'map'))
    return { type: [kind, element] };
  if (kind === 'struct') return { struct: { name: storage, many: undefined } };
  return { struct: { name: storage.replace(/List$/, ''), many: kind === 'set' ? 'set' : 'list' } };
}

function readAccessors(text: string): Map<string, Shape & { mode: AttributeMode }> {
  const sections = text.split(/^ {2}\/\/ (?=\w+ - computed: )/m).slice(1);
  return new Map(
    sections.map((section) => {
      const head = /^(\w+) - computed: (\w+), optional: (\w+), required: (\w+)/.exec(section);
      if (head === null) throw new Error(`unreadable attribute in a binding: ${section.slice(0, 80)}`);
      const [, name = '', computed, optional, required] = head;
      const mode =
        required === 'true'
          ? 'required'
          : computed === 'true'
            ? optional === 'true'
              ? 'optional_computed'
              : 'computed'
            : 'optional';
      return [name, { mode, ...accessorShape(section) }];
    }),
  );
}

function accessorShape(section: string): Shape {
  const held = /= new (\w+?)(List|OutputReference)\(this, "\w+"(?:, (true|false))?\)/.exec(section);
  if (held !== null) {
    const many = held[2] === 'List' ? (held[3] === 'true' ? 'set' : 'list') : undefined;
    return { struct: { name: held[1] ?? '', many } };
  }
  const map = /= new cdktf\.(String|Number|Boolean)Map\(this, /.exec(section);
  if (map !== null) return { type: ['map', plainTypes[(map[1] ?? '').toLowerCase()] ?? 'string'] };
  if (/return this\.getAnyMapAttribute\(/.test(section)) return { type: 'dynamic' };
  const getter = /return (cdktf\.Fn\.tolist\()?this\.get(String|Number|Boolean|)(List|Map|)Attribute\(/.exec(
    section,
  );
  if (getter === null) return {};
  const [, set, kind = '', collection] = getter;
  const element = plainTypes[kind.toLowerCase()] ?? 'string';
  if (collection === 'Map') return { type: ['map', element] };
  if (collection === 'List') return { type: [set === undefined ? 'list' : 'set', element] };
  return { type: element };
}
