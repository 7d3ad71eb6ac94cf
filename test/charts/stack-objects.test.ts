import { describe, expect, test } from '@jest/globals';
import { inputOf, shapes } from '../stacks/inputs.js';
import { kits } from '../stacks/kits/kits.js';
import { stackOf } from '../stacks/stack-json.js';
import { checkObject } from '../support/kubernetes-schema.js';
import { objectsOf } from '../support/stack-objects.js';

const made = kits.flatMap(({ blueprint: { ref }, everything, lives }) => [
  [`${ref} everything`, ref, everything] as const,
  ...lives.map(({ name, then }) => [`${ref} ${name}`, ref, then] as const),
]);
const shaped = shapes.map((shape, index) => [`app@1 shape ${index}`, 'app@1', shape] as const);

describe('the Kubernetes objects of a stack are valid by the schema of the API', () => {
  test.each([...made, ...shaped])('%s', (_title, blueprint, spec) => {
    const stack = stackOf(inputOf({ ...spec }, { blueprint }));
    const objects = objectsOf(stack);
    const count = Object.entries(stack.resource)
      .filter(([type]) => type.startsWith('kubernetes_') && type !== 'kubernetes_manifest')
      .reduce((total, [, byName]) => total + Object.keys(byName).length, 0);
    expect(objects).toHaveLength(count);
    expect(objects.flatMap(checkObject)).toEqual([]);
  });
});

describe('a wrong object has its faults told', () => {
  const container = { name: 'app', image: 'nginx:1.28' };
  const deployment = (container: unknown, spec: object = {}) => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'app' },
    spec: {
      selector: { matchLabels: { a: 'b' } },
      template: { metadata: { labels: { a: 'b' } }, spec: { containers: [container] } },
      ...spec,
    },
  });
  const containerAt = 'Deployment app: /spec/template/spec/containers/0';

  test.each([
    ['nothing', deployment(container), []],
    [
      'a wrong type',
      deployment(container, { replicas: '2' }),
      ['Deployment app: /spec/replicas: must be integer'],
    ],
    ['a missing field', deployment({}), [`${containerAt}: must have required property name`]],
    [
      'an unknown field',
      deployment({ ...container, volumeMount: [] }),
      [`${containerAt}/volumeMount: is not a field of the API`],
    ],
    [
      'an unknown field at the top',
      { ...deployment(container), specs: {} },
      ['Deployment app: /specs: is not a field of the API'],
    ],
    [
      'an own label',
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', labels: { x_y: 'z' } } },
      [],
    ],
    ['no name', { apiVersion: 'v1', kind: 'ConfigMap' }, ['ConfigMap undefined: has no metadata.name']],
    [
      'an unknown kind',
      { apiVersion: 'v1', kind: 'Mapping', metadata: { name: 'a' } },
      ['Mapping a: no schema is known of v1 Mapping'],
    ],
  ])('%s', (_what, object, expected) => {
    expect(checkObject(object).map(({ at, message }) => `${at}: ${message}`)).toEqual(expected);
  });
});
