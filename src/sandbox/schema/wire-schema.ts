import type { AttributeSpec, BlockSpec, Nesting } from './catalog.js';
import { loadCatalog } from './catalog.js';
import { schemasOf } from './type-schema.js';
import type { ProviderName } from './types-in-use.js';

interface Marks {
  readonly sensitive: ReadonlySet<string>;
  readonly writeOnly: ReadonlySet<string>;
}

const noMarks: Marks = { sensitive: new Set(), writeOnly: new Set() };
/** Attributes of data sources that Terraform must not show. */
const sensitiveData: Readonly<Record<string, readonly string[]>> = { aws_eks_cluster_auth: ['token'] };

const nestingNumber: Record<Nesting, number> = { single: 1, list: 2, set: 3 };

/** The answer to GetProviderSchema, in the field names of protocol/provider.proto. */
export function wireSchemas(provider: ProviderName): object {
  const catalog = loadCatalog()[provider];
  return {
    provider: toSchema(catalog.config, noMarks),
    resource_schemas: Object.fromEntries(
      schemasOf(provider).map((schema) => [schema.type, toSchema(schema.block, schema)]),
    ),
    data_source_schemas: Object.fromEntries(
      Object.entries(catalog.dataSources).map(([type, block]) => [
        type,
        toSchema(block, { ...noMarks, sensitive: new Set(sensitiveData[type]) }),
      ]),
    ),
    server_capabilities: { plan_destroy: false, get_provider_schema_optional: true },
  };
}

function toSchema(block: BlockSpec, marks: Marks): object {
  return { version: 0, block: toBlock(block, '', marks) };
}

function toBlock(block: BlockSpec, path: string, marks: Marks): object {
  return {
    attributes: toAttributes(block.attributes, path, marks),
    block_types: Object.entries(block.blocks).map(([name, inner]) => ({
      type_name: name,
      block: toBlock(inner.block, `${path}${name}.`, marks),
      nesting: nestingNumber[inner.nesting],
      min_items: inner.minItems,
      max_items: inner.maxItems,
    })),
  };
}

function toAttributes(attributes: BlockSpec['attributes'], path: string, marks: Marks): object[] {
  return Object.entries(attributes).map(([name, spec]) => ({
    name,
    ...shapeOf(spec, `${path}${name}`, marks),
    required: spec.mode === 'required',
    optional: spec.mode === 'optional' || spec.mode === 'optional_computed',
    computed: spec.mode === 'computed' || spec.mode === 'optional_computed',
    sensitive: marks.sensitive.has(`${path}${name}`),
    write_only: marks.writeOnly.has(`${path}${name}`),
  }));
}

function shapeOf(spec: AttributeSpec, path: string, marks: Marks): object {
  if (spec.nested === undefined) return { type: Buffer.from(JSON.stringify(spec.type)) };
  const attributes = toAttributes(spec.nested.attributes, `${path}.`, marks);
  return { nested_type: { attributes, nesting: nestingNumber[spec.nested.nesting] } };
}
