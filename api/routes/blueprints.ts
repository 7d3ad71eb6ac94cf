import { z } from 'zod';
import { appError } from '../../src/errors/app-error.js';
import type { Blueprint } from '../../src/spec/blueprint.js';
import type { AppDeps } from '../deps.js';
import { route, type Route } from '../route.js';
import * as schema from '../schemas/blueprint.js';

const tag = 'blueprints';
const base = '/api/v1/blueprints';

export function blueprintRoutes({ blueprints }: AppDeps): Route[] {
  return [
    route({
      method: 'get',
      path: base,
      right: 'read',
      tag,
      summary: 'List blueprints with the JSON Schema of their parameters',
      response: { status: 200, description: 'all of them', schema: schema.blueprintPage },
      handle: () => ({ body: { items: blueprints.all.map(view), next_cursor: null } }),
    }),
    route({
      method: 'get',
      path: `${base}/{name}`,
      right: 'read',
      tag,
      summary: 'Read a blueprint by `name@version`, or the newest by `name`',
      request: { params: schema.blueprintParams },
      response: { status: 200, description: 'the blueprint', schema: schema.blueprint },
      errors: ['not_found'],
      handle: ({ params: { name } }) => {
        const found = blueprints.find(name);
        if (found === undefined) throw appError('not_found', `no blueprint ${name}`);
        return { body: view(found) };
      },
    }),
  ];
}

function view(one: Blueprint): z.input<typeof schema.blueprint> {
  const { name, version, ref, description, targets, examples, outputs, postDeploy, sources } = one;
  const jsonSchema = z.toJSONSchema(one.schema, { io: 'input', unrepresentable: 'any' });
  return {
    name,
    version,
    ref,
    description,
    targets: [...targets],
    schema: { ...jsonSchema },
    example: { ...examples[0].spec },
    examples: examples.map((example) => ({ ...example, spec: { ...example.spec } })),
    outputs: [...outputs],
    post_deploy: [...postDeploy],
    resources: sources.map((source) => ({ address: source.address, fields: [...source.fields] })),
  };
}
