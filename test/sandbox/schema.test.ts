import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { projectRoot } from '../../src/lib/project-root.js';
import type { BlockSpec } from '../../src/sandbox/schema/catalog.js';
import { deriveCatalog } from '../../src/sandbox/schema/derive.js';
import { overlays } from '../../src/sandbox/schema/overlay.js';

const catalog = deriveCatalog(join(projectRoot, 'node_modules'));
const resources: Record<string, BlockSpec> = Object.assign(
  {},
  ...Object.values(catalog).map((provider) => provider.resources),
);

describe('schemas derived from the bindings', () => {
  test('tell attributes from blocks, and how many of a block there may be', () => {
    const service = resources['kubernetes_service_v1'];
    expect(service?.attributes['id']).toEqual({ mode: 'optional_computed', type: 'string' });
    expect(service?.blocks['metadata']).toMatchObject({ nesting: 'list', minItems: 1, maxItems: 1 });
    expect(service?.blocks['spec']?.block.blocks['port']).toMatchObject({
      nesting: 'list',
      minItems: 0,
      maxItems: 0,
    });
    expect(service?.blocks['timeouts']).toMatchObject({ nesting: 'single' });
    expect(service?.blocks['spec']?.block.attributes['external_ips']?.type).toEqual(['set', 'string']);
  });

  test('keep attributes of an object type, and nested attributes, apart', () => {
    expect(resources['aws_security_group']?.attributes['ingress']).toMatchObject({
      mode: 'optional_computed',
      type: ['set', ['object', { cidr_blocks: ['list', 'string'], from_port: 'number', self: 'bool' }]],
    });
    const release = resources['helm_release']?.attributes;
    expect(release?.['set']?.nested).toMatchObject({
      nesting: 'list',
      attributes: { name: { mode: 'required' } },
    });
    expect(release?.['metadata']?.nested?.nesting).toBe('single');
  });

  test('know the configuration of a provider, without the alias', () => {
    expect(catalog.helm.config.attributes['kubernetes']?.nested?.nesting).toBe('single');
    expect(catalog.aws.config.blocks['default_tags']?.block.attributes['tags']?.type).toEqual([
      'map',
      'string',
    ]);
    for (const provider of Object.values(catalog))
      expect(provider.config.attributes).not.toHaveProperty('alias');
  });
});

describe('the overlay', () => {
  const pathsOf = (block: BlockSpec, prefix = ''): string[] => [
    ...Object.entries(block.attributes).flatMap(([name, spec]) => [
      prefix + name,
      ...(spec.nested
        ? pathsOf({ attributes: spec.nested.attributes, blocks: {} }, `${prefix}${name}.`)
        : []),
    ]),
    ...Object.entries(block.blocks).flatMap(([name, inner]) => [
      prefix + name,
      ...pathsOf(inner.block, `${prefix}${name}.`),
    ]),
  ];

  test('covers every type in use', () => {
    expect(Object.keys(overlays).sort()).toEqual(Object.keys(resources).sort());
  });

  test.each(Object.entries(overlays))('of %s names only what its schema has', (type, overlay) => {
    const paths = pathsOf(resources[type] ?? { attributes: {}, blocks: {} });
    const run = { environmentId: 'e', runId: 'r', accountId: '1', region: 'x' };
    const value = { byte_length: 1 };
    const named = [
      ...(overlay.sensitive ?? []),
      ...(overlay.writeOnly ?? []),
      ...(overlay.forceNew ?? []),
      ...(overlay.unknownOnUpdate ?? []),
      ...(overlay.renewed ?? []),
      ...Object.entries(overlay.unknownWhen ?? {}).flatMap(([name, causes]) => [name, ...causes]),
      ...Object.keys(overlay.defaults ?? {}),
      ...Object.keys(overlay.compute?.({ run, value, prior: null }) ?? {}),
    ].map((path) => path.replace(/^manifest\.value\..+/, 'manifest'));
    expect(named.filter((path) => !paths.includes(path))).toEqual([]);
  });
});
