import { z } from 'zod';
import { errorCodes, type ErrorCode } from '../src/errors/codes.js';
import { hasBody, type ResponseProps, type Route } from './route.js';
import { problem } from './schemas/common.js';

type Json = Record<string, unknown>;

/** The API as OpenAPI 3.1, from the same declarations and zod schemas that answer the calls. */
export function openApi(routes: readonly Route[]): Json {
  const schemas: Json = {};
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    const path = (paths[route.path] ??= {});
    path[route.method] = operation(route, schemas);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Terrace',
      version: '1',
      description:
        'An environment per tenant: requested, planned by Terraform, reviewed, applied, destroyed.',
    },
    servers: [{ url: '/' }],
    security: [{ token: [] }],
    tags: [...new Set(routes.map((route) => route.tag))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer' },
        browser: { type: 'http', scheme: 'basic', description: 'any name, the token as password' },
      },
      schemas: Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1))),
    },
  };
}

function operation(route: Route, schemas: Json): Json {
  const body = hasBody(route) ? { requestBody: requestBody(route, schemas) } : {};
  return {
    operationId: operationId(route),
    tags: [route.tag],
    summary: route.summary,
    description: route.right === 'open' ? 'Needs no token.' : `Needs the right \`${route.right}\`.`,
    ...(route.right === 'open' ? { security: [] } : {}),
    ...(route.browser === true ? { security: [{ token: [] }, { browser: [] }] } : {}),
    parameters: [
      ...fields(route.params, 'path', schemas),
      ...fields(route.query, 'query', schemas),
      ...(route.method === 'post' ? [idempotencyKey] : []),
    ],
    ...body,
    responses: { ...successes(route.response, schemas), ...failures(route, schemas) },
  };
}

/** `post /api/v1/runs/{run_id}/approve` -> `post_runs_run_id_approve`. */
function operationId({ method, path }: Route): string {
  return [method, ...(path.replace('/api/v1', '').match(/[A-Za-z_]+/g) ?? ['root'])].join('_');
}

const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'the same key with the same body gets the same answer for 24 hours',
  schema: { type: 'string', maxLength: 255 },
};

function requestBody(route: Route, schemas: Json): Json {
  const required = !route.body.safeParse(undefined).success;
  return { required, content: { 'application/json': { schema: toSchema(route.body, 'input', schemas) } } };
}

function fields(schema: z.ZodType, where: 'path' | 'query', schemas: Json): Json[] {
  const { properties = {}, required = [] } = toSchema(schema, 'input', schemas) as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: where,
    required: where === 'path' || required.includes(name),
    ...(typeof property.description === 'string' ? { description: property.description } : {}),
    schema: property,
  }));
}

const headerTexts = { Location: 'where to look', ETag: 'the revision' } as const;

function successes(response: ResponseProps<z.ZodType>, schemas: Json): Json {
  const json = response.schema
    ? { 'application/json': { schema: toSchema(response.schema, 'output', schemas) } }
    : {};
  const others = (response.otherTypes ?? []).map((type) => [type, { schema: { type: 'string' } }]);
  const headers = (response.headers ?? []).map((name) => [
    name,
    { description: headerTexts[name], schema: { type: 'string' } },
  ]);
  const all = { [response.status]: response.description, ...response.otherStatuses };
  return Object.fromEntries(
    Object.entries(all).map(([status, description]) => [
      status,
      {
        description,
        content: { ...json, ...Object.fromEntries(others) },
        ...(headers.length > 0 ? { headers: Object.fromEntries(headers) } : {}),
      },
    ]),
  );
}

const always: readonly ErrorCode[] = [
  'unauthenticated',
  'forbidden',
  'rate_limited',
  'invalid_request',
  'internal',
  'database_unavailable',
];
const withPost: readonly ErrorCode[] = ['idempotency_key_reused', 'idempotency_in_progress'];
const withBody: readonly ErrorCode[] = ['malformed_json', 'unsupported_media_type', 'body_too_large'];

function failures(route: Route, schemas: Json): Json {
  if (route.right === 'open') return {};
  const codes = new Set<ErrorCode>([
    ...always,
    ...(route.errors ?? []),
    ...(route.method === 'post' ? withPost : []),
    ...(['post', 'put', 'patch'].includes(route.method) ? withBody : []),
  ]);
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of codes) {
    const { status } = errorCodes[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  const content = { 'application/problem+json': { schema: toSchema(problem, 'output', schemas) } };
  return Object.fromEntries(
    [...byStatus].map(([status, names]) => [status, { description: names.join(', '), content }]),
  );
}

/** A zod schema as JSON Schema 2020-12 (what OpenAPI 3.1 takes); named parts go to `components`. */
function toSchema(schema: z.ZodType, io: 'input' | 'output', schemas: Json): Json {
  const wrapped = z.toJSONSchema(z.strictObject({ it: schema }), { io, unrepresentable: 'any' });
  const text = JSON.stringify(wrapped).replaceAll('"#/$defs/', '"#/components/schemas/');
  const { $defs = {}, properties } = JSON.parse(text) as { $defs?: Json; properties: { it: Json } };
  Object.assign(schemas, $defs);
  return properties.it;
}
